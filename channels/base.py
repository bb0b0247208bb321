"""The seam of all channels. For now the web channel stands alone behind it; a channel that pushes brings more."""

from outreach.domain.messages import Button, Inbound, Link, Message, Reply

__all__ = ["Button", "Inbound", "Link", "Message", "Reply"]
