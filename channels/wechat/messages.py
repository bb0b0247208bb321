"""What we send: template, subscription and customer-service messages, each a frozen value with its JSON and its call.

Shapes: the platform's pages of message/template/send, message/subscribe/bizsend and message/custom/send, read 2026-11-25.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from channels.base import Accepted
from channels.wechat.client import WeChatClient
from channels.wechat.fields import FieldError, bounded

# of one customer-service text, in UTF-8
LONGEST_TEXT_BYTES = 2048
# msgmenu has no bound in writing; ten choices still fit a phone
MOST_CHOICES = 10


@dataclass(frozen=True)
class TemplateMessage:
    """A template message to one person. ``fields``: keyword → value. ``url``: what a tap opens, "" for nothing.

    ``client_msg_id``: the same one to the same person is sent once, for about ten minutes only.
    """

    to: str
    template_id: str
    fields: Mapping[str, str]
    url: str = ""
    client_msg_id: str = ""


@dataclass(frozen=True)
class SubscriptionMessage:
    """A subscription message to one person: one opt-in, one message. ``url``: what a tap opens."""

    to: str
    template_id: str
    fields: Mapping[str, str]
    url: str = ""


@dataclass(frozen=True)
class TextMessage:
    """A customer-service text, inside the window that the person opened."""

    to: str
    text: str


@dataclass(frozen=True)
class MenuMessage:
    """A customer-service text with choices to tap: (id, title) each; the tap comes back as a text with that id."""

    to: str
    head: str
    choices: tuple[tuple[str, str], ...]
    tail: str = ""


Sendable = TemplateMessage | SubscriptionMessage | TextMessage | MenuMessage


def payload(message: Sendable) -> dict[str, Any]:
    """Return the JSON of ``message``; raises FieldError, naming the field, for what the platform would refuse."""
    match message:
        case TemplateMessage():
            body = {"touser": message.to, "template_id": message.template_id, "data": _data(message.fields)}
            more = {"url": message.url, "client_msg_id": message.client_msg_id}
            return body | {key: value for key, value in more.items() if value}
        case SubscriptionMessage():
            body = {"touser": message.to, "template_id": message.template_id, "data": _data(message.fields)}
            return body | ({"page": message.url} if message.url else {})
        case TextMessage():
            return {"touser": message.to, "msgtype": "text", "text": {"content": _text("text", message.text)}}
        case MenuMessage():
            return {"touser": message.to, "msgtype": "msgmenu", "msgmenu": _choices(message)}


async def send_template(client: WeChatClient, message: TemplateMessage) -> Accepted:
    """Send; the receipt comes later as an event with the same number. Raises DeliveryError, and FieldError before sending."""
    return await _send(client, "/cgi-bin/message/template/send", message)


async def send_subscription(client: WeChatClient, message: SubscriptionMessage) -> Accepted:
    """Send, which uses up one opt-in. Raises DeliveryError, and FieldError before sending."""
    return await _send(client, "/cgi-bin/message/subscribe/bizsend", message)


async def send_custom(client: WeChatClient, message: TextMessage | MenuMessage) -> Accepted:
    """Send, which uses up one of the window's sends; the platform gives no number. Raises as the others do."""
    return await _send(client, "/cgi-bin/message/custom/send", message)


async def _send(client: WeChatClient, path: str, message: Sendable) -> Accepted:
    answer = await client.call(path, payload(message))
    return Accepted(str(answer.get("msgid") or ""))


def _data(fields: Mapping[str, str]) -> dict[str, dict[str, str]]:
    if not fields:
        raise FieldError(file="模板字段", key="data", cure="至少要有一个字段")
    return {keyword: {"value": bounded(keyword, value)} for keyword, value in fields.items()}


def _text(key: str, text: str) -> str:
    if not text.strip() or len(text.encode()) > LONGEST_TEXT_BYTES:
        raise FieldError(file="客服消息", key=key, cure=f"不能为空，也不能超过 {LONGEST_TEXT_BYTES} 字节")
    return text


def _choices(message: MenuMessage) -> dict[str, Any]:
    if not 1 <= len(message.choices) <= MOST_CHOICES:
        raise FieldError(file="客服消息", key="choices", cure=f"要有 1 到 {MOST_CHOICES} 个选项")
    ids = [key for key, _title in message.choices]
    if len(set(ids)) < len(ids):
        raise FieldError(file="客服消息", key="choices", cure="选项的编号重复")
    listed = [{"id": _text("choices", key), "content": _text("choices", title)} for key, title in message.choices]
    whole = {"head_content": _text("head", message.head), "list": listed}
    return whole | ({"tail_content": message.tail} if message.tail else {})
