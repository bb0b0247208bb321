"""Message templates of the account and the bounds of their fields, by the field's kind (``thing1`` is a ``thing``)."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from channels.wechat_sandbox.errors import ApiError

_FIELD = re.compile(r"\{\{\s*(\w+)\.DATA\s*\}\}")
_DROPPED = ("first", "remark")
_HOUR = r"\d{1,2}:\d{2}(?::\d{2})?"
_DAY = r"(?:\d{4}年\d{1,2}月(?:\d{1,2}日)?|\d{1,2}月\d{1,2}日|\d{4}[-/.]\d{1,2}(?:[-/.]\d{1,2})?|\d{1,2}[-/.]\d{1,2})"
_TIME = rf"(?:{_DAY}\s*)?{_HOUR}"
_DATE = rf"{_DAY}(?:\s*{_HOUR})?"
# kind → what a value must look like in whole, as the platform lists it under 「参数值内容限制说明」
_BOUNDS = {
    "thing": r"[^\x00-\x1f]{1,20}",
    "const": r"[^\x00-\x1f]{1,20}",
    "number": r"(?=.{1,32}$)\d+(?:\.\d+)?",
    "letter": r"[A-Za-z]{1,32}",
    "symbol": r"[^\w\s\u4e00-\u9fff]{1,5}",
    "character_string": r"[\x21-\x7e]{1,32}",
    "time": rf"{_TIME}(?:\s*~\s*{_TIME})?",
    "date": rf"{_DATE}(?:\s*~\s*(?:{_DATE}|{_HOUR}))?",
    "amount": r"[¥￥$€£]?\d{1,10}(?:\.\d+)?元?",
    "phone_number": r"[\d+\-() ]{1,17}",
    "car_number": r"[\u4e00-\u9fff]?[A-Za-z0-9]{1,7}[\u4e00-\u9fff]?",
    "name": r"(?=.*[\u4e00-\u9fff])[^\x00-\x1f]{1,10}|[^\x00-\x1f\u4e00-\u9fff]{1,20}",
    "phrase": r"[\u4e00-\u9fff]{1,5}",
}
_CHECKS = {kind: re.compile(bound) for kind, bound in _BOUNDS.items()}


@dataclass(frozen=True)
class Template:
    """A template of the account. ``kind``: ``template`` or ``subscribe``; ``content``: lines of 「label:{{thing1.DATA}}」."""

    template_id: str
    title: str
    content: str
    kind: str = "template"
    example: str = ""
    long_term: bool = False

    @classmethod
    def of(cls, entry: Mapping[str, Any]) -> "Template":
        """Return the template of a JSON object; raises ValueError."""
        try:
            made = cls(**entry)
        except TypeError as error:
            raise ValueError(f"template: {error}") from error
        if made.kind not in ("template", "subscribe") or not made.fields:
            raise ValueError(f"template {made.template_id}: kind or content")
        return made

    @property
    def fields(self) -> tuple[str, ...]:
        """Return the names of its fields in order."""
        return tuple(_FIELD.findall(self.content))

    def fill(self, data: Any) -> list[tuple[str, str]]:
        """Return (label, value) of each line; ``first``, ``remark`` and unknown keys are dropped silently, as on the platform.

        Raises ApiError 47003, which names the field, for a value that is missing or out of its bound.
        """
        if not isinstance(data, Mapping):
            raise ApiError(47003, "data is empty")
        values = {name: _value(name, data.get(name)) for name in self.fields if name not in _DROPPED}
        lines = []
        for line in self.content.splitlines():
            names = [name for name in _FIELD.findall(line) if name in values]
            if names:
                label = _FIELD.split(line)[0].strip().rstrip(":：")
                lines.append((label, " ".join(values[name] for name in names)))
        return lines


def _value(name: str, entry: Any) -> str:
    value = entry.get("value") if isinstance(entry, Mapping) else None
    if isinstance(value, int | float) and not isinstance(value, bool):
        value = str(value)
    if not isinstance(value, str) or not value.strip():
        raise ApiError(47003, f"data.{name}.value is empty")
    check = _CHECKS.get(name.rstrip("0123456789"))
    if check and not check.fullmatch(value):
        raise ApiError(47003, f"data.{name}.value invalid")
    return value


class Templates:
    """The templates of the account by id."""

    def __init__(self, templates: tuple[Template, ...]) -> None:
        self.all = templates
        self._by_id = {template.template_id: template for template in templates}

    def find(self, template_id: Any, kind: str) -> Template:
        """Return the template; raises ApiError 40037."""
        found = self._by_id.get(template_id) if isinstance(template_id, str) else None
        if found is None or found.kind != kind:
            raise ApiError(40037)
        return found

    def listed(self) -> dict[str, Any]:
        """Return the answer of get_all_private_template."""
        industry = {"primary_industry": "教育", "deputy_industry": "院校"}
        rows = [
            {"template_id": t.template_id, "title": t.title, **industry, "content": t.content + "\n", "example": t.example}
            for t in self.all
            if t.kind == "template"
        ]
        return {"template_list": rows}

    def subscribed(self) -> dict[str, Any]:
        """Return the answer of wxaapi/newtmpl/gettemplate; ``type``: 2 once, 3 long-term."""
        rows = [
            {
                "priTmplId": t.template_id,
                "title": t.title,
                "content": t.content + "\n",
                "example": t.example,
                "type": 3 if t.long_term else 2,
            }
            for t in self.all
            if t.kind == "subscribe"
        ]
        return {"errcode": 0, "errmsg": "ok", "data": rows}
