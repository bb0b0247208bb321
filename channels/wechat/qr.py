"""QR codes with a scene. The scene is a random one-time token of ours, never a student's number."""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import quote

from channels.base import DeliveryError
from channels.wechat.client import WeChatClient
from outreach.domain.errors import Invalid

# The platform allows 30 days, and at most 100,000 permanent codes in all.
LONGEST_S = 2_592_000
# It allows any 64 characters; these survive in XML, addresses and logs as they are.
SCENE = re.compile(r"[0-9A-Za-z_-]{1,64}")


@dataclass(frozen=True)
class Code:
    """A QR code. ``url``: what it encodes, to draw it ourselves; ``image``: the platform's drawing of it."""

    ticket: str
    url: str
    image: str
    expires_at: datetime | None  # None: never


async def create(client: WeChatClient, scene: str, *, seconds: int | None) -> Code:
    """Create a temporary code that lives ``seconds`` (1 to 2,592,000), or with None one of the few permanent ones.

    Raises Invalid for a scene or a life out of bounds, DeliveryError as every call.
    """
    if not SCENE.fullmatch(scene):
        raise Invalid(reason="scene")
    if seconds is not None and not 1 <= seconds <= LONGEST_S:
        raise Invalid(reason="seconds")
    body: dict[str, object] = {"action_name": "QR_LIMIT_STR_SCENE", "action_info": {"scene": {"scene_str": scene}}}
    if seconds is not None:
        body |= {"action_name": "QR_STR_SCENE", "expire_seconds": seconds}
    now = client.clock.now()
    answer = await client.call("/cgi-bin/qrcode/create", body)
    ticket, url = answer.get("ticket"), answer.get("url")
    if not isinstance(ticket, str) or not isinstance(url, str):
        raise DeliveryError(permanent=False, reason="bad_answer", detail="no ticket")
    lives_s = answer.get("expire_seconds", seconds) if seconds is not None else None
    return Code(
        ticket=ticket,
        url=url,
        image=f"{client.account.console}/cgi-bin/showqrcode?ticket={quote(ticket, safe='')}",
        expires_at=now + timedelta(seconds=int(lives_s)) if lives_s is not None else None,
    )
