"""The strict shape of ``wechat.yml``: the menu of the account and its message templates. Knows no call of the platform."""

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Annotated, Any, Literal

from pydantic import Field, StringConstraints, model_validator

from outreach.content.schema import Name, Strict, Text

FILE = "wechat.yml"
# functions that answer without an entry in replies.yml
BUILT_IN = ("eligibility", "help")

Act = Annotated[str, StringConstraints(pattern=r"^(?:function:[a-z_]+|topic:[a-z0-9-]+)$", max_length=128)]
Path = Annotated[str, StringConstraints(pattern=r"^/(?:[^/\s][^\s]*)?$", max_length=512)]


class Below(Strict):
    """One line of a menu that is open. ``act`` comes back when it is tapped, ``path`` opens a page of ours."""

    title: Annotated[str, StringConstraints(min_length=1, max_length=8)]
    act: Act | None = None
    path: Path | None = None

    @model_validator(mode="after")
    def _one(self) -> "Below":
        if (self.act is None) == (self.path is None):
            raise ValueError("act 和 path 要写一个，也只能写一个")
        return self


class MenuEntry(Strict):
    """One title under the chat: it does something itself, or opens ``below``."""

    title: Annotated[str, StringConstraints(min_length=1, max_length=4)]
    act: Act | None = None
    path: Path | None = None
    below: Annotated[tuple[Below, ...], Field(max_length=5)] = ()

    @model_validator(mode="after")
    def _one(self) -> "MenuEntry":
        if sum((self.act is not None, self.path is not None, bool(self.below))) != 1:
            raise ValueError("act、path、below 要写一个，也只能写一个")
        return self


class TemplateField(Strict):
    """A field of a template. ``name``: our word for it; ``keyword``: the platform's, whose type stands before its number."""

    name: Name
    keyword: Annotated[str, StringConstraints(pattern=r"^[a-z_]+[0-9]{1,2}$", max_length=32)]
    type: Name
    label: Text
    example: Text

    @model_validator(mode="after")
    def _agree(self) -> "TemplateField":
        if self.keyword.rstrip("0123456789") != self.type:
            raise ValueError("type 要和 keyword 里数字前面的词一样")
        return self


class TemplateEntry(Strict):
    """A template to apply for: ``title`` in the platform's library, ``when`` we send it, ``id`` once it is granted."""

    kind: Literal["template", "subscribe"]
    title: Text
    id: Annotated[str, StringConstraints(pattern=r"^[0-9A-Za-z_-]{20,64}$")] | None
    when: Text
    fields: Annotated[tuple[TemplateField, ...], Field(min_length=1, max_length=8)]

    @model_validator(mode="after")
    def _distinct(self) -> "TemplateEntry":
        for key in ("name", "keyword"):
            if len({getattr(field, key) for field in self.fields}) < len(self.fields):
                raise ValueError(f"{key} 重复，每个字段要不同")
        if self.kind == "subscribe" and not 2 <= len(self.fields) <= 5:
            raise ValueError("订阅通知要有 2 到 5 个字段")
        return self


class OfficialAccount(Strict):
    """The whole file."""

    menu: Annotated[tuple[MenuEntry, ...], Field(min_length=1, max_length=3)]
    templates: dict[Name, TemplateEntry]

    @property
    def ids(self) -> dict[str, str]:
        """Return purpose → template id of those that are granted."""
        return {purpose: entry.id for purpose, entry in self.templates.items() if entry.id}

    @property
    def unset(self) -> list[str]:
        """Return the purposes the account can not send: neither the template nor its subscription twin is granted."""
        pairs = {purpose: f"{purpose}_opt_in" for purpose in self.templates if not purpose.endswith("_opt_in")}
        return [purpose for purpose, twin in pairs.items() if not {purpose, twin} & self.ids.keys()]

    def entries(self) -> list[dict[str, Any]]:
        """Return the menu as plain values."""
        return [entry.model_dump(exclude_none=True, mode="json") for entry in self.menu]


def faults(account: OfficialAccount, topics: Mapping[str, Any], functions: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield (key, cure) of each reference that leads nowhere, and of each template id that stands twice."""
    for at, entry in enumerate(account.menu):
        acts = {f"menu.{at}.act": entry.act, **{f"menu.{at}.below.{n}.act": below.act for n, below in enumerate(entry.below)}}
        for key, act in acts.items():
            kind, _, name = (act or "").partition(":")
            if kind == "topic" and name not in topics:
                yield key, f"没有主题 {name}"
            if kind == "function" and name not in functions and name not in BUILT_IN:
                yield key, f"replies.yml 的 function 里没有 {name}"
    for template_id, count in Counter(account.ids.values()).items():
        if count > 1:
            yield f"templates.{next(p for p, i in account.ids.items() if i == template_id)}.id", "同一个模板 id 填了两次"
