"""WeChat as a channel: what it can show, and the customer-service message that carries an answer after the five seconds."""

from typing import Protocol

from channels.base import Accepted, Capabilities, Outbound, Reply
from channels.showing import Showing
from channels.wechat.client import WeChatClient

# A passive text and a customer-service text share the bound: 2,048 bytes in UTF-8.
CAPABILITIES = Capabilities(buttons=False, links=True, rich_text=False, push=True, longest_bytes=2048, most_messages=1)


class Desk(Protocol):
    """Sends customer-service messages."""

    async def send_text(self, openid: str, text: str) -> Accepted:
        """Send ``text``; raises DeliveryError."""
        ...


def anchor(title: str, address: str) -> str:
    """Return a link as the platform's texts take it."""
    return f'<a href="{address}">{title}</a>'


class CustomerService:
    """The ``Desk`` of the platform."""

    def __init__(self, client: WeChatClient) -> None:
        self._client = client

    async def send_text(self, openid: str, text: str) -> Accepted:
        """Send ``text`` by message/custom/send; raises DeliveryError."""
        await self._client.call("/cgi-bin/message/custom/send", {"touser": openid, "msgtype": "text", "text": {"content": text}})
        return Accepted()


class WeChatChannel:
    """The ``channels.base.Channel`` of WeChat."""

    kind = "wechat"
    capabilities = CAPABILITIES

    def __init__(self, showing: Showing, desk: Desk) -> None:
        self._showing = showing
        self._desk = desk

    def show(self, reply: Reply) -> tuple[Outbound, ...]:
        """Return the one text a reply is here; choices by number, links tappable."""
        return self._showing.show(reply)

    async def send(self, handle: str, outbound: Outbound) -> Accepted:
        """Send by customer-service message, inside its window; raises DeliveryError."""
        return await self._desk.send_text(handle, outbound.text)
