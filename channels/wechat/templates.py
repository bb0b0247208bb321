"""The templates that the platform granted, compared with those we mean to send."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from channels.wechat.client import WeChatClient

_FIELD = re.compile(r"\{\{\s*(\w+)\.DATA\s*\}\}")
LISTS = {
    "template": ("/cgi-bin/template/get_all_private_template", "template_list", "template_id"),
    "subscribe": ("/wxaapi/newtmpl/gettemplate", "data", "priTmplId"),
}


@dataclass(frozen=True)
class Wanted:
    """A template as our content has it: ``kind`` template or subscribe, ``id`` "" until granted, ``keywords`` we fill in."""

    kind: str
    title: str
    id: str
    keywords: tuple[str, ...]


@dataclass(frozen=True)
class Granted:
    """A template as the platform has it: its title and the keywords of its fields."""

    title: str
    keywords: tuple[str, ...]


async def granted(client: WeChatClient, kind: str) -> dict[str, Granted]:
    """Return the account's templates of ``kind`` by id; raises DeliveryError."""
    path, key, id_key = LISTS[kind]
    answer = await client.call(path, method="GET")
    rows = [row for row in answer.get(key) or [] if isinstance(row, dict) and isinstance(row.get(id_key), str)]
    return {row[id_key]: Granted(str(row.get("title", "")), tuple(_FIELD.findall(str(row.get("content", ""))))) for row in rows}


def compare(wanted: Wanted, there: Mapping[str, Granted]) -> tuple[str, str]:
    """Return (what is wrong, cure), both "" when the template is there with the fields that we fill in."""
    if not wanted.id:
        same = [template_id for template_id, one in there.items() if one.title == wanted.title]
        if same:
            return "没有填模板 id", f"账号里有同名模板，id 是 {same[0]}：核对字段后填进 content/wechat.yml"
        return "没有填模板 id", f"到后台申请“{wanted.title}”，通过后把 id 填进 content/wechat.yml；不用这一种可以不填"
    found = there.get(wanted.id)
    if found is None:
        return "账号里没有这个模板", "核对 content/wechat.yml 里的 id，或到后台重新添加"
    missing = [keyword for keyword in found.keywords if keyword not in wanted.keywords]
    extra = [keyword for keyword in wanted.keywords if keyword not in found.keywords]
    if missing or extra:
        parts = [f"平台多 {'、'.join(missing)}" if missing else "", f"我们多 {'、'.join(extra)}" if extra else ""]
        return "字段不一致：" + "，".join(part for part in parts if part), "把 content/wechat.yml 里的 keyword 改成平台模板的"
    return "", ""
