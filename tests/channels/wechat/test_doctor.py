"""The doctor: each fault is one line with its cure, one fault hides no other, and nothing is changed by looking."""

import hashlib
from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

import pytest
from aiohttp import web

from channels.wechat import menu
from channels.wechat.account import API
from channels.wechat.client import WeChatClient
from channels.wechat.doctor import Doctor, Expected, Item, State
from channels.wechat.templates import Granted, Wanted, compare
from channels.wechat.verify import verify_routes
from tests.builders import FixedClock
from tests.channels.wechat.platform import Line, line

CALLBACK, VERIFY = "/callback", "/MP_verify_abc123.txt"
LIST, SUBSCRIBED = "/cgi-bin/template/get_all_private_template", "/wxaapi/newtmpl/gettemplate"
STABLE, CHECK, MENU = "/cgi-bin/stable_token", "/cgi-bin/callback/check", "/cgi-bin/menu/get"
ENTRIES = [{"title": "问政策", "act": "function:help"}]
WANTED = {
    "notice": Wanted("template", "学校通知提醒", "T1", ("thing1", "time4")),
    "notice_opt_in": Wanted("subscribe", "学校通知提醒", "S1", ("thing1", "phrase2")),
}
CONTENT = "通知事项:{{thing1.DATA}}\n截止时间:{{time4.DATA}}\n"


def echo(request: web.Request) -> Any:
    """Answer as our own callback does."""
    said = "".join(sorted(("ourtoken", request.query["timestamp"], request.query["nonce"])))
    if hashlib.sha1(said.encode(), usedforsecurity=False).hexdigest() != request.query["signature"]:
        return (403, "")
    return (200, request.query["echostr"])


@pytest.fixture
async def one(clock: FixedClock) -> AsyncIterator[Line]:
    """Yield a line on a platform where all is right, which plays our own address as well."""
    async with line(clock) as made:
        made.account = replace(made.account, origin=made.platform.url)
        made.client = WeChatClient(made.account, made.http, made.tokens, clock)
        made.platform.answers |= {
            CALLBACK: [echo],
            VERIFY: [(200, "abc123")],
            CHECK: [{"dns": [], "ping": [{"ip": "192.0.2.7", "package_loss": "0%", "time": "23.079ms"}]}],
            LIST: [{"template_list": [{"template_id": "T1", "title": "学校通知提醒", "content": CONTENT}]}],
            SUBSCRIBED: [
                {"data": [{"priTmplId": "S1", "title": "学校通知提醒", "content": "事:{{thing1.DATA}}\n态:{{phrase2.DATA}}"}]}
            ],
            MENU: [{"menu": menu.payload(ENTRIES, made.account.origin)}],
        }
        yield made


async def look(one: Line, **changes: Any) -> dict[str, Item]:
    """Return the items by name."""
    expected = Expected(**{"templates": WANTED, "menu": ENTRIES, "verify": ("MP_verify_abc123.txt", "abc123"), **changes})
    items = await Doctor(one.client, one.http, expected, CALLBACK).look()
    assert all(item.cure and item.wrong for item in items if item.state is not State.RIGHT)
    return {item.name: item for item in items}


async def test_an_account_that_is_right_shows_nothing_else(one: Line) -> None:
    items = await look(one)
    assert {item.state for item in items.values()} == {State.RIGHT} and len(items) == 9
    asked = {path for path, _query, body in one.platform.calls if body is not None}
    assert asked == {STABLE, CHECK}


@pytest.mark.parametrize(
    ("path", "answer", "name", "words"),
    [
        (STABLE, {"errcode": 40164, "errmsg": "invalid ip 192.0.2.1"}, "IP 白名单", "白名单"),
        (STABLE, {"errcode": 40125, "errmsg": "invalid appsecret"}, "访问令牌", "AppSecret"),
        (STABLE, (502, "bad gateway"), "访问令牌", "外网"),
        (CHECK, {"errcode": 40201, "errmsg": "invalid url"}, "回调（平台检测）", "服务器"),
        (CALLBACK, (404, "not found"), "回调（外网访问）", "反向代理"),
        (CALLBACK, (403, ""), "回调（外网访问）", "Token"),
        (CALLBACK, (200, "<html>请登录</html>"), "回调（外网访问）", "原样"),
        (CALLBACK, lambda request: (200, request.query["echostr"]), "回调（外网访问）", "反向代理"),
        (LIST, {"template_list": []}, "模板 notice", "重新添加"),
        (LIST, {"template_list": [{"template_id": "T1", "title": "x", "content": "{{thing1.DATA}}"}]}, "模板 notice", "keyword"),
        (LIST, {"errcode": 48001, "errmsg": "api unauthorized"}, "模板（template）", "权限"),
        (MENU, {"errcode": 46003, "errmsg": "menu no exist"}, "菜单", "menu push"),
        (MENU, {"menu": {"button": [{"type": "click", "name": "旧", "key": "old"}]}}, "菜单", "menu push"),
        (VERIFY, (404, ""), "域名校验文件", "反向代理"),
        (VERIFY, (200, "something else"), "域名校验文件", "反向代理"),
    ],
)
async def test_a_fault_is_one_line_with_its_cure(one: Line, path: str, answer: Any, name: str, words: str) -> None:
    one.platform.answers[path] = [answer]
    items = await look(one)
    assert items[name].state is State.WRONG and words in items[name].cure
    assert "s" * 32 not in repr(items) and "access_token" not in repr(items)


async def test_without_a_token_the_rest_is_left_open_but_our_own_address_is_looked_at(one: Line) -> None:
    one.platform.answers[STABLE] = [{"errcode": 40164, "errmsg": "invalid ip"}]
    items = await look(one)
    assert [items[name].state for name in ("访问令牌", "回调（平台检测）", "模板", "菜单")] == [State.UNKNOWN] * 4
    assert items["回调（外网访问）"].state is items["域名校验文件"].state is State.RIGHT


async def test_what_cannot_be_told_from_here_is_no_fault(one: Line) -> None:
    one.platform.answers[CHECK] = [(404, "no such call")]
    items = await look(one, verify=None, templates={"notice": replace(WANTED["notice"], id="")})
    assert [items[name].state for name in ("回调（平台检测）", "域名校验文件", "模板 notice")] == [State.UNKNOWN] * 3
    assert "T1" in items["模板 notice"].cure
    one.platform.answers[CHECK] = [{"ping": [{"ip": "192.0.2.7", "package_loss": "100%"}]}]
    assert (await look(one))["回调（平台检测）"].state is State.UNKNOWN


async def test_an_address_that_nobody_answers_is_said(one: Line) -> None:
    one.account = replace(one.account, origin="http://127.0.0.1:9")
    one.client = WeChatClient(one.account, one.http, one.tokens, one.clock)
    items = await look(one)
    assert items["回调（外网访问）"].state is items["域名校验文件"].state is State.WRONG


async def test_a_real_account_needs_an_address_with_tls(one: Line) -> None:
    one.client.account = replace(one.account, api=API, origin="http://aid.example.cn")
    assert Doctor(one.client, one.http, Expected({}, []), CALLBACK)._settings().state is State.WRONG


def test_a_template_that_is_not_there_yet_says_what_to_apply_for() -> None:
    wanted = replace(WANTED["notice"], id="")
    assert "申请“学校通知提醒”" in compare(wanted, {})[1]
    assert "T9" in compare(wanted, {"T9": Granted("学校通知提醒", ("thing1",))})[1]


async def test_the_domain_file_is_served_as_it_is(clock: FixedClock) -> None:
    (route,) = verify_routes("MP_verify_abc123.txt", "abc123")
    assert route.path == VERIFY
    response = await route.handler(None)  # type: ignore[arg-type, misc, call-arg]
    assert isinstance(response, web.Response) and response.text == "abc123" and response.content_type == "text/plain"
