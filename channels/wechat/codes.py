"""The platform's codes as data, and what each means for us. One table, so that a new code is one line.

Source: the platform rules gathered for this project (2026-11-23) and the platform's list of return codes, read 2026-11-25.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from channels.base import DeliveryError
from outreach.domain.clock import SHANGHAI


class First(StrEnum):
    """What the client does by itself before it gives up."""

    NOTHING = "nothing"
    REPEAT = "repeat"  # with growing pauses, at most three times
    RENEW = "renew"  # the token, once, under the lock


class Wait(StrEnum):
    """How long the platform wants us to stay away; the quotas count by calendar days of Shanghai."""

    OURS = "ours"
    MINUTE = "minute"
    TOMORROW = "tomorrow"


@dataclass(frozen=True)
class Rule:
    """What one code means. ``reason``: our stable word; ``cure``: what the operator does, in Chinese.

    ``permanent``: this message to this person will never go this way. ``halts``: nothing more may be sent until an operator
    looks; such a message is not lost but tried again afterwards.
    """

    reason: str
    cure: str
    permanent: bool = False
    halts: bool = False
    wait: Wait = Wait.OURS
    first: First = First.NOTHING


_TOKEN = Rule("token", "访问令牌失效，程序会自动换新；一直出现请看有没有别的系统也在用这个公众号的 AppSecret", first=First.RENEW)
_CREDENTIALS = Rule("credentials", "AppID 或 AppSecret 不对：到后台“开发接口管理→基本配置”核对", halts=True)
_TEMPLATE = Rule("template", "模板或字段不对：运行 outreach wechat doctor，对照 content/wechat.yml 改正", halts=True)
_AWAY = Rule("not_following", "家长没有关注或拒收，改走别的通道", permanent=True)
_BANNED = Rule("no_permission", "接口没有权限、被封禁或受限：到后台看通知和“接口权限”", halts=True)
_MENU = Rule("menu", "菜单不合平台的限制：对照 content/wechat.yml 改正", permanent=True)
_CODE = Rule("oauth_code", "网页授权码无效、过期或用过了，请家长重新打开页面", permanent=True)

RULES: Mapping[int, Rule] = {
    -1: Rule("busy", "平台繁忙，程序会自动重试", first=First.REPEAT),
    40001: _TOKEN, 40014: _TOKEN, 42001: _TOKEN,
    40003: Rule("dead_address", "这个微信联系方式不属于本公众号，改走别的通道", permanent=True),
    40037: _TEMPLATE, 47003: _TEMPLATE,
    43004: _AWAY, 48002: _AWAY,
    43019: Rule("blocklisted", "这位家长在公众号的黑名单里：到后台“用户管理→黑名单”处理", permanent=True),
    43101: Rule("opt_in_needed", "家长没有订阅或次数用完：下次请家长在页面上再点一次订阅，改走别的通道", permanent=True),
    43117: Rule("too_often", "给这位家长发得太频繁，明天再发", wait=Wait.TOMORROW),
    45009: Rule("quota_day", "今天的调用次数用完，明天自动继续；不要用程序清零", wait=Wait.TOMORROW),
    45011: Rule("quota_minute", "这一分钟调用太多，下一分钟自动继续", wait=Wait.MINUTE),
    45015: Rule("window_closed", "超过 48 小时没有互动，改用模板或订阅消息", permanent=True),
    45047: Rule("window_used", "客服消息条数用完，改用模板或订阅消息", permanent=True),
    48001: _BANNED, 48004: _BANNED, 50002: _BANNED,
    87014: Rule("risky_content", "内容被平台判为有风险，请人工审核后改写", permanent=True),
    40164: Rule("address_not_allowed", "本机的出口 IP 不在白名单：到后台“开发接口管理→基本配置→IP白名单”加上", halts=True),
    # beyond the page: what a wrong setting answers, and codes of pages inside WeChat
    40013: _CREDENTIALS, 40125: _CREDENTIALS, 41002: _CREDENTIALS, 41004: _CREDENTIALS,
    40029: _CODE, 40163: _CODE, 41008: _CODE, 42003: _CODE,
    40016: _MENU, 40017: _MENU, 40018: _MENU, 40019: _MENU, 40020: _MENU, 40023: _MENU, 40024: _MENU, 40025: _MENU, 40026: _MENU,
    40027: _MENU, 40054: _MENU, 40055: _MENU,
    46003: Rule("no_menu", "公众号还没有菜单：运行 outreach wechat menu push", permanent=True),
    40201: Rule("no_callback", "后台还没有填服务器地址（URL）：到“开发接口管理→基本配置→服务器配置”填写并启用", permanent=True),
}  # fmt: skip
WRONG_SECRET = 40125
UNKNOWN = Rule("unknown", "没见过的错误码：看日志里的原文，再对照平台的返回码说明")

# Reasons that concern the whole account, not one person: whoever sends pauses the channel for ``retry_after_s``.
PAUSE_THE_CHANNEL = frozenset({"quota_day", "quota_minute"})


def rule(code: int) -> Rule:
    """Return what ``code`` means; a code we do not know is temporary."""
    return RULES.get(code, UNKNOWN)


def error(code: int, now: datetime, detail: str = "") -> DeliveryError:
    """Return the error for ``code``; ``detail`` must hold nothing secret or personal."""
    found = rule(code)
    return DeliveryError(
        permanent=found.permanent,
        reason=found.reason,
        retry_after_s=_seconds(found.wait, now),
        provider_code=str(code),
        halts=found.halts,
        detail=detail,
    )


def _seconds(wait: Wait, now: datetime) -> float | None:
    if wait is Wait.OURS:
        return None
    if wait is Wait.MINUTE:
        return 60.0
    here = now.astimezone(SHANGHAI)
    # a minute past midnight: two clocks never agree to the second
    return (here.replace(hour=0, minute=1, second=0, microsecond=0) + timedelta(days=1) - here).total_seconds()


# how a TEMPLATESENDJOBFINISH status begins, blanks left out → (delivered, permanent, reason)
STATUSES: Mapping[str, tuple[bool, bool, str]] = {
    "success": (True, False, "delivered"),
    "failed:userblock": (False, True, "refused"),
    "failed:systemfailed": (False, False, "platform_failed"),
    "failed:freqlimit": (False, False, "too_often"),
}


def delivery(status: str) -> tuple[bool, bool, str]:
    """Return (delivered, permanent, reason) of the one receipt of a template message, which never says read.

    An unknown status is a failure to be tried again later.
    """
    plain = re.sub(r"\s+", "", status).lower().replace("：", ":")
    return next((meaning for begin, meaning in STATUSES.items() if plain.startswith(begin)), (False, False, "unknown"))
