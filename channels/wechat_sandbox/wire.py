"""XML of the platform: what it sends to the account, and what it accepts as a passive reply."""

import re
from collections.abc import Iterator, Mapping
from typing import Any
from xml.etree import ElementTree

LONGEST_TEXT_BYTES = 2048
_LEGAL = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


class Malformed(Exception):
    """A passive reply the platform does not understand; the follower is told that the account is out of order."""


def xml(fields: Mapping[str, Any]) -> bytes:
    """Return the message: numbers plain, text in CDATA, a mapping as an element with children, a list as repeated elements."""
    return ("<xml>" + "".join(_elements(fields)) + "</xml>").encode()


def _elements(fields: Mapping[str, Any]) -> Iterator[str]:
    for name, value in fields.items():
        for one in value if isinstance(value, list) else [value]:
            if isinstance(one, Mapping):
                yield f"<{name}>{''.join(_elements(one))}</{name}>\n"
            elif isinstance(one, int | float):
                yield f"<{name}>{one}</{name}>\n"
            else:
                text = _LEGAL.sub("", str(one)).replace("]]>", "]]]]><![CDATA[>")
                yield f"<{name}><![CDATA[{text}]]></{name}>\n"


def parse(body: bytes) -> ElementTree.Element:
    """Return the root of an <xml> document; raises Malformed."""
    if b"<!DOCTYPE" in body or b"<!ENTITY" in body:
        raise Malformed("document type")
    try:
        root = ElementTree.fromstring(body)  # noqa: S314 - no document type, so no entities
    except (ElementTree.ParseError, ValueError) as error:
        raise Malformed("not xml") from error
    if root.tag != "xml":
        raise Malformed(f"<{root.tag}>")
    return root


def reply(root: ElementTree.Element, openid: str, original_id: str) -> dict[str, Any] | None:
    """Return the passive reply as a chat item, None where nothing is to be shown; raises Malformed.

    ``kind``: text, image, voice, video, music or news, with what that kind has.
    """
    if (_text(root, "ToUserName"), _text(root, "FromUserName")) != (openid, original_id):
        raise Malformed("ToUserName or FromUserName")
    if not _text(root, "CreateTime").isdigit():
        raise Malformed("CreateTime")
    kind = _text(root, "MsgType")
    if kind == "transfer_customer_service":
        return None
    if kind == "text":
        content = _text(root, "Content")
        if not content.strip() or len(content.encode()) > LONGEST_TEXT_BYTES:
            raise Malformed("Content is empty or too long")
        return {"kind": "text", "text": content}
    if kind in ("image", "voice", "video", "music"):
        inside = root.find(kind.capitalize())
        media = _text(inside, "MediaId") or _text(inside, "ThumbMediaId") or _text(inside, "MusicUrl")
        if inside is None or not media:
            raise Malformed(f"{kind} without media")
        return {"kind": kind, "media": media, "title": _text(inside, "Title")}
    if kind == "news":
        return {"kind": "news", "articles": _articles(root)}
    raise Malformed(f"MsgType {kind!r}")


def _articles(root: ElementTree.Element) -> list[dict[str, str]]:
    items = root.findall("Articles/item")
    if len(items) != 1 or _text(root, "ArticleCount") != "1":
        raise Malformed("a reply to a message has exactly one article")
    article = {key: _text(items[0], name) for key, name in (("title", "Title"), ("text", "Description"), ("url", "Url"))}
    if not article["title"] or not article["url"]:
        raise Malformed("article")
    return [article]


def _text(node: ElementTree.Element | None, name: str) -> str:
    return (node.findtext(name) or "").strip() if node is not None else ""
