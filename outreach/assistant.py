"""Client of Rasa's REST channel. Knows its wire; an empty answer is a failure, since Rasa answers 200 to its own errors."""

from dataclasses import dataclass
from typing import Any, Protocol

import aiohttp

from outreach.domain.errors import AssistantUnavailable


@dataclass(frozen=True)
class Ask:
    """One message for Rasa: ``conversation`` is its tracker id, ``metadata`` reaches the component and the actions."""

    conversation: str
    message: str
    metadata: dict[str, Any]


class Assistant(Protocol):
    """Understands messages and calls the actions."""

    async def ask(self, ask: Ask) -> list[dict[str, Any]]:
        """Return the ``custom`` objects the actions uttered, in order; raises AssistantUnavailable."""
        ...

    async def ready(self) -> bool:
        """Tell whether a question would be answered now."""
        ...


class RasaAssistant:
    """Rasa over loopback HTTP."""

    def __init__(self, session: aiohttp.ClientSession, url: str, timeout_s: float) -> None:
        self._session = session
        self._url = url
        self._timeout = aiohttp.ClientTimeout(total=timeout_s)

    async def ask(self, ask: Ask) -> list[dict[str, Any]]:
        """Return the ``custom`` objects the actions uttered, in order; raises AssistantUnavailable."""
        body = {"sender": ask.conversation, "message": ask.message, "metadata": ask.metadata}
        try:
            async with self._session.post(f"{self._url}/webhooks/rest/webhook", json=body, timeout=self._timeout) as response:
                answers = await response.json(content_type=None) if response.status == 200 else []
        except (aiohttp.ClientError, TimeoutError, ValueError) as error:
            raise AssistantUnavailable(reason=type(error).__name__) from error
        if not isinstance(answers, list):
            answers = []
        customs = [item["custom"] for item in answers if isinstance(item, dict) and isinstance(item.get("custom"), dict)]
        if not customs:
            raise AssistantUnavailable(reason="empty")
        return customs

    async def ready(self) -> bool:
        """Tell whether Rasa has its model loaded."""
        try:
            async with self._session.get(f"{self._url}/webhooks/rest/", timeout=aiohttp.ClientTimeout(total=2)) as response:
                return response.status == 200
        except (aiohttp.ClientError, TimeoutError):
            return False
