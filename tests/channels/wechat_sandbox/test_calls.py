"""Menu, QR scenes, sign-in, templates and the small calls, in the shapes of the platform."""

from urllib.parse import parse_qs, urlsplit

import pytest

from channels.wechat_sandbox.qr_picture import _codewords, _times, modules, svg
from tests.channels.wechat_sandbox.stand import ACCOUNT, MovableClock, Sandbox


async def test_a_menu_is_kept_within_its_bounds(sandbox: Sandbox) -> None:
    token = await sandbox.fetch_token()
    assert (await sandbox.get("/cgi-bin/menu/get", access_token=token))["errcode"] == 46003
    view = {"type": "view", "name": "政策", "url": "http://127.0.0.1:8080/policies"}
    click = {"type": "click", "name": "能领什么", "key": "ELIGIBILITY"}
    assert (await sandbox.call("/menu/create", {"button": [view, {"name": "更多", "sub_button": [click, view]}]}))["errcode"] == 0
    assert (await sandbox.get("/cgi-bin/menu/get", access_token=token))["menu"]["button"][1]["sub_button"][0][
        "key"
    ] == "ELIGIBILITY"
    for wrong, code in (
        ([view] * 4, 40016),
        ([{**view, "name": "这个名字太长了"}], 40018),
        ([{**view, "type": "x"}], 40017),
        ([{**view, "url": "ftp://x"}], 40020),
        ([{**click, "key": ""}], 40019),
        ([{"name": "更多", "sub_button": [view] * 6}], 40023),
    ):
        assert (await sandbox.call("/menu/create", {"button": wrong}))["errcode"] == code
    assert (await sandbox.get("/cgi-bin/menu/delete", access_token=token))["errcode"] == 0


async def test_a_scene_comes_back_by_scan_and_by_follow(sandbox: Sandbox, hands: MovableClock) -> None:
    body = {"expire_seconds": 600, "action_name": "QR_STR_SCENE", "action_info": {"scene": {"scene_str": "bind-abc"}}}
    made = await sandbox.call("/qrcode/create", body)
    assert made["expire_seconds"] == 600 and made["url"].startswith("http://weixin.qq.com/q/")
    await sandbox.act(event="scan", key=made["url"])
    await sandbox.act(event="unsubscribe")
    await sandbox.act(event="scan", key=made["ticket"])
    scan, _left, follow = await sandbox.came(3)
    assert (scan["Event"], scan["EventKey"], scan["Ticket"]) == ("SCAN", "bind-abc", made["ticket"])
    assert (follow["Event"], follow["EventKey"]) == ("subscribe", "qrscene_bind-abc")
    hands.at += 601
    assert (await sandbox.act(event="scan", key="bind-abc"))["error"] == "code_expired"


async def test_scenes_have_bounds(sandbox: Sandbox) -> None:
    for action, scene, code in (
        ("QR_NONE", {"scene_id": 1}, 40052),
        ("QR_STR_SCENE", {"scene_str": "x" * 65}, 40053),
        ("QR_LIMIT_SCENE", {"scene_id": 100_001}, 40053),
        ("QR_SCENE", {"scene_id": True}, 40053),
    ):
        assert (await sandbox.call("/qrcode/create", {"action_name": action, "action_info": {"scene": scene}}))["errcode"] == code


async def test_the_picture_of_a_code_is_shown(sandbox: Sandbox) -> None:
    made = await sandbox.call("/qrcode/create", {"action_name": "QR_SCENE", "action_info": {"scene": {"scene_id": 7}}})
    async with sandbox.http.get(sandbox.url + "/cgi-bin/showqrcode", params={"ticket": made["ticket"]}) as response:
        assert response.content_type == "image/svg+xml" and await response.text() == svg(made["url"])


@pytest.mark.parametrize("length", [1, 14, 15, 26, 42, 62, 84, 106])
def test_correction_codewords_vanish_at_the_roots(length: int) -> None:
    # a Reed-Solomon block is right if its polynomial is zero at 2^0 … 2^(n-1); zxing read the pictures of all lengths on 2026-11-25
    version = (len(modules("x" * length)) - 17) // 4
    words = _codewords(b"x" * length, version)
    blocks, ecc = {1: (1, 10), 2: (1, 16), 3: (1, 26), 4: (2, 18), 5: (2, 24), 6: (4, 16)}[version]
    data, correction = words[: -blocks * ecc], words[-blocks * ecc :]
    for number in range(blocks):
        root = 1
        for _ in range(ecc):
            value = 0
            for word in data[number::blocks] + correction[number::blocks]:
                value = _times(value, root) ^ word
            assert value == 0
            root = _times(root, 2)


async def authorized(sandbox: Sandbox, **changes: str) -> str:
    page = sandbox.world.config.origins[0] + "/bind?a=1"
    query = {"appid": ACCOUNT.appid, "redirect_uri": page, "response_type": "code", "scope": "snsapi_base", "state": "s1"}
    url = sandbox.url + "/connect/oauth2/authorize"
    given = query | {"sandbox_follower": "zhou-mother"} | changes
    async with sandbox.http.get(url, params=given, allow_redirects=False) as response:
        return response.headers.get("Location", f"{response.status}")


async def sign_in(sandbox: Sandbox, code: str) -> dict[str, object]:
    query = {"appid": ACCOUNT.appid, "secret": ACCOUNT.secret, "code": code, "grant_type": "authorization_code"}
    answer: dict[str, object] = await sandbox.get("/sns/oauth2/access_token", **query)
    return answer


async def test_a_page_learns_the_openid_by_a_code_that_serves_once(sandbox: Sandbox, hands: MovableClock) -> None:
    query = parse_qs(urlsplit(await authorized(sandbox)).query)
    assert query["state"] == ["s1"] and query["a"] == ["1"]
    assert (await sign_in(sandbox, query["code"][0]))["openid"] == sandbox.person().openid
    assert (await sign_in(sandbox, query["code"][0]))["errcode"] == 40163
    code = parse_qs(urlsplit(await authorized(sandbox)).query)["code"][0]
    hands.at += 301
    assert (await sign_in(sandbox, code))["errcode"] == 40029


async def test_a_snapshot_user_has_another_openid_and_says_so(sandbox: Sandbox) -> None:
    await sandbox.post("/sandbox/faults", {"snapshot": ["zhou-mother"]})
    answer = await sign_in(sandbox, parse_qs(urlsplit(await authorized(sandbox)).query)["code"][0])
    assert answer["is_snapshotuser"] == 1 and answer["openid"] != sandbox.person().openid


async def test_sign_in_is_refused_for_other_pages_and_outside_the_phone(sandbox: Sandbox) -> None:
    assert await authorized(sandbox, redirect_uri="http://example.com/") == "400"
    assert await authorized(sandbox, appid="wx1") == "400"
    assert await authorized(sandbox, sandbox_follower="nobody") == "200"


async def test_small_calls_have_the_platforms_shapes(sandbox: Sandbox) -> None:
    token = await sandbox.fetch_token()
    rows = (await sandbox.get("/cgi-bin/template/get_all_private_template", access_token=token))["template_list"]
    assert {"template_id", "title", "primary_industry", "deputy_industry", "content", "example"} == set(rows[0])
    assert {row["type"] for row in (await sandbox.get("/wxaapi/newtmpl/gettemplate", access_token=token))["data"]} == {2, 3}
    ticket = await sandbox.get("/cgi-bin/ticket/getticket", access_token=token, type="jsapi")
    assert ticket == await sandbox.get("/cgi-bin/ticket/getticket", access_token=token, type="jsapi")
    assert (await sandbox.get("/cgi-bin/user/info", access_token=token, openid=sandbox.person().openid))["subscribe"] == 1
    assert (await sandbox.call("/callback/check", {"action": "all", "check_operator": "DEFAULT"}))["ping"][0][
        "package_loss"
    ] == "0%"
    assert (await sandbox.call("/menu/create", ["no object"]))["errcode"] == 47001
