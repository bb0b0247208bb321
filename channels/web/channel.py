"""The web page as a channel: it shows everything, and can say nothing unasked."""

from channels.base import Accepted, Capabilities, DeliveryError, Outbound, Reply

CAPABILITIES = Capabilities(buttons=True, links=True, rich_text=False, push=False)


class WebChannel:
    """The ``channels.base.Channel`` of the chat page."""

    kind = "web"
    capabilities = CAPABILITIES

    def show(self, reply: Reply) -> tuple[Outbound, ...]:
        """Return the bubbles as they are: the page draws the buttons and the link itself."""
        return tuple(Outbound(message.text, message.buttons) for message in reply.messages)

    async def send(self, handle: str, outbound: Outbound) -> Accepted:
        """Raise DeliveryError: a page that is not open cannot be reached."""
        raise DeliveryError(permanent=True, reason="no_push")
