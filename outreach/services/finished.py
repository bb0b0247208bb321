"""Arrivals that need nothing more, remembered by this process: their repetitions are acknowledged without asking the ledger.

Only a shortcut: what is forgotten here, or finished in another process, is found in the ledger.
"""

from collections import OrderedDict

from outreach.domain.arrivals import Arrival
from outreach.domain.errors import NotAllowed

MOST = 20_000


class Finished:
    """The last finished arrivals, and the nonces their repetitions came with."""

    def __init__(self) -> None:
        self._done: OrderedDict[tuple[str, str], tuple[str, str]] = OrderedDict()
        self._nonces: OrderedDict[tuple[str, str], str] = OrderedDict()
        self._new: list[Arrival] = []

    def add(self, arrival: Arrival) -> None:
        """Remember that ``arrival`` needs nothing more."""
        self._done[(arrival.channel, arrival.message_id)] = (arrival.sender, arrival.digest)
        if arrival.nonce:
            self._nonces[(arrival.channel, arrival.nonce)] = arrival.digest
        if len(self._done) > MOST:
            self._done.popitem(last=False)

    def again(self, arrival: Arrival) -> bool:
        """Tell whether ``arrival`` repeats a finished one; raises NotAllowed for a nonce seen with another message."""
        nonce = (arrival.channel, arrival.nonce)
        if arrival.nonce and self._nonces.get(nonce, arrival.digest) != arrival.digest:
            raise NotAllowed(reason="replay")
        if self._done.get((arrival.channel, arrival.message_id)) != (arrival.sender, arrival.digest):
            return False  # unknown here, or not the same: the ledger decides
        if arrival.nonce and nonce not in self._nonces:
            self._nonces[nonce] = arrival.digest
            self._new.append(arrival)
            if len(self._nonces) > MOST:
                self._nonces.popitem(last=False)
        return True

    def taken(self) -> list[Arrival]:
        """Return the repetitions whose nonces have not been written down, and leave them to the caller."""
        new, self._new = self._new, []
        return new
