"""Tests of the platform's stand-in."""
