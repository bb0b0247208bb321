"""A sandbox for each test."""

from collections.abc import AsyncIterator

import pytest

from tests.channels.wechat_sandbox.stand import MovableClock, Sandbox, running


@pytest.fixture
def hands() -> MovableClock:
    """Return the clock by which the sandbox judges."""
    return MovableClock()


@pytest.fixture
async def sandbox(hands: MovableClock) -> AsyncIterator[Sandbox]:
    """Yield a sandbox in safe mode without faults."""
    async with running(clock=hands) as made:
        yield made
