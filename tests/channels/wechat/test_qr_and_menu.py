"""QR codes and the menu: bounds are checked before the platform is asked, and both come out as recorded."""

from datetime import timedelta
from typing import Any

import pytest

from channels.base import DeliveryError
from channels.wechat import menu, qr
from outreach.domain.errors import ContentError, Invalid
from tests.builders import FixedClock
from tests.channels.wechat.platform import fixture, line

CREATE = "/cgi-bin/qrcode/create"
ENTRIES: list[dict[str, Any]] = [
    {
        "title": "问政策",
        "below": [{"title": "能领哪些资助", "act": "function:eligibility"}, {"title": "全部政策", "path": "/policies"}],
    },
    {"title": "我的告知", "act": "function:notices"},
]


async def test_a_temporary_code_comes_with_ticket_image_and_its_end(clock: FixedClock) -> None:
    recorded = fixture("qrcode_create")
    async with line(clock) as one:
        one.platform.answers[CREATE] = [recorded["response"]]
        code = await qr.create(one.client, "b-7f3kq9x2", seconds=604_800)
        assert one.platform.asked(CREATE) == [recorded["request"]]
        assert code.ticket == recorded["response"]["ticket"] and code.url == recorded["response"]["url"]
        assert code.expires_at == clock.now() + timedelta(days=7)
        assert code.image.startswith(one.account.console + "/cgi-bin/showqrcode?ticket=gQH47jo") and code.image.endswith(
            "%2F%2B%3D%3D"
        )


async def test_a_permanent_code_never_ends(clock: FixedClock) -> None:
    async with line(clock) as one:
        one.platform.answers[CREATE] = [{"ticket": "g", "url": "http://weixin.qq.com/q/g"}]
        assert (await qr.create(one.client, "school-07", seconds=None)).expires_at is None
        assert one.platform.asked(CREATE)[0]["action_name"] == "QR_LIMIT_STR_SCENE"


@pytest.mark.parametrize(
    ("scene", "seconds"),
    [("", 60), ("x" * 65, 60), ("空 白", 60), ("a\nb", 60), ("ok", 0), ("ok", qr.LONGEST_S + 1)],
)
async def test_a_scene_or_life_out_of_bounds_is_refused(clock: FixedClock, scene: str, seconds: int) -> None:
    async with line(clock) as one:
        with pytest.raises(Invalid):
            await qr.create(one.client, scene, seconds=seconds)
        assert not one.platform.calls


async def test_an_answer_without_a_ticket_is_temporary(clock: FixedClock) -> None:
    async with line(clock) as one:
        with pytest.raises(DeliveryError) as caught:
            await qr.create(one.client, "ok", seconds=60)
        assert not caught.value.permanent


async def test_the_menu_is_pushed_as_recorded_and_read_back_the_same(clock: FixedClock) -> None:
    recorded = fixture("menu_get")
    async with line(clock) as one:
        await menu.push(one.client, ENTRIES)
        assert one.platform.asked("/cgi-bin/menu/create") == [recorded["request"]]
        one.platform.answers["/cgi-bin/menu/get"] = [recorded["response"]]
        assert await menu.read(one.client) == menu.payload(ENTRIES, one.account.origin)["button"]


async def test_an_account_without_a_menu_reads_as_empty(clock: FixedClock) -> None:
    async with line(clock) as one:
        one.platform.answers["/cgi-bin/menu/get"] = [{"errcode": 46003, "errmsg": "menu no exist"}]
        assert await menu.read(one.client) == []
        one.platform.answers["/cgi-bin/menu/get"] = [{"errcode": 48001, "errmsg": "api unauthorized"}]
        with pytest.raises(DeliveryError):
            await menu.read(one.client)


LEAF = {"title": "甲", "act": "function:help"}


@pytest.mark.parametrize(
    ("entries", "key"),
    [
        ([], "menu"),
        ([LEAF] * 4, "menu"),
        ([{"title": "五个汉字了", "act": "a"}], "menu.0.title"),
        ([{"title": "", "act": "a"}], "menu.0.title"),
        ([LEAF, {"title": "甲"}], "menu.1"),
        ([{**LEAF, "path": "/a"}], "menu.0"),
        ([{"title": "甲", "act": "长" * 43}], "menu.0.act"),
        ([{"title": "甲", "path": "policies"}], "menu.0.path"),
        ([{"title": "甲", "path": "//elsewhere.cn"}], "menu.0.path"),
        ([{"title": "甲", "path": "/" + "a" * 1024}], "menu.0.path"),
        ([{"title": "甲", "below": [LEAF] * 6}], "menu.0.below"),
        ([{"title": "甲", "below": [LEAF, {"title": "九个汉字是太长的了", "act": "a"}]}], "menu.0.below.1.title"),
        ([{"title": "甲", "below": [{"title": "乙", "below": [LEAF]}]}], "menu.0.below.0"),
    ],
)
def test_a_menu_out_of_bounds_is_refused_with_its_place(entries: list[dict[str, Any]], key: str) -> None:
    with pytest.raises(ContentError) as caught:
        menu.payload(entries, "https://aid.example.cn")
    assert caught.value.data["key"] == key and caught.value.data["cure"]
