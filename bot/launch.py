"""Start Rasa without the libraries that it imports and we never use: jax costs 80 MB and a second of every start."""

import runpy
import sys

# TensorFlow tries this import and does without it.
sys.modules["jax"] = None  # type: ignore[assignment]

if __name__ == "__main__":
    runpy.run_module("rasa", run_name="__main__", alter_sys=True)
