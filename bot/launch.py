"""Start Rasa without what costs much and gives us nothing. Knows Rasa's insides in the two places named here.

- jax: TensorFlow tries to import it and does without; 80 MB and a second of every start.
- ``RemoteAction._validate_action_result`` checks the JSON schema of action results, and with it the schema's own schema, at
  every call: three quarters of a turn (measured with py-spy). The only action server is our service, which answers in typed
  values; a wrong answer still fails where Rasa reads it.

It also ends with the service that started it, however that ends: a Rasa left behind by a killed service would hold its port and
call back to nobody.
"""

import ctypes
import signal
import sys

sys.modules["jax"] = None  # type: ignore[assignment]

from rasa.__main__ import main  # noqa: E402 - after jax was put out of reach
from rasa.core.actions.action import RemoteAction  # noqa: E402

PR_SET_PDEATHSIG = 1


def _end_with_the_service() -> None:
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


if __name__ == "__main__":
    _end_with_the_service()
    RemoteAction._validate_action_result = lambda self, result: True
    main()
