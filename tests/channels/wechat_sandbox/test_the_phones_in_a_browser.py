"""The phones page in a real browser, against a tiny stand-in for the service."""

import time
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from playwright.async_api import Locator, Page, async_playwright

from tests.channels.wechat_sandbox.stand import Sandbox, running, text_reply

CAST = Path(__file__).resolve().parents[3] / "content" / "cast.yml"
CHROMIUM = "/usr/bin/chromium"
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-sync"]
MENU = {"button": [{"name": "服务", "sub_button": [{"type": "click", "name": "我的通知", "key": "NOTICES"}]}]}

pytestmark = pytest.mark.browser


async def answer(message: dict[str, str]) -> bytes:
    """Answer as the tests need it."""
    said = message.get("Content") or message.get("Recognition") or message.get("EventKey", "")
    if said == "坏":
        return b"oops"
    if message.get("Event") not in (None, "subscribe", "SCAN", "CLICK"):
        return b"success"
    menu_id = message.get("bizmsgmenuid", "")
    tap = '<a href="weixin://bizmsgmenu?msgmenucontent=住校补助&msgmenuid=5">住校补助</a>'
    return text_reply(message, f"听到：{said}{menu_id} {tap}<b>")


@pytest.fixture
async def live() -> AsyncIterator[Sandbox]:
    """Yield a sandbox with the demo district and a real clock."""
    async with running(cast=CAST, clock=time.time) as made:
        made.stand.say = answer
        yield made


@pytest.fixture
async def page() -> AsyncIterator[Page]:
    """Yield a desktop page."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield await browser.new_page(viewport={"width": 1280, "height": 900})
        await browser.close()


def phones(page: Page) -> tuple[Locator, Locator]:
    """Return the two phones."""
    return page.locator(".phone").first, page.locator(".phone").last


async def test_two_people_write_tap_and_speak(live: Sandbox, page: Page) -> None:
    faults: list[str] = []
    page.on("pageerror", lambda error: faults.append(str(error)))
    await live.call("/menu/create", MENU)
    await page.goto(live.url + "/")
    left, right = phones(page)
    await left.get_by_role("button", name="切换到键盘").click()
    await page.keyboard.type("高中助学金")
    await page.keyboard.press("Enter")
    await left.get_by_text("听到：高中助学金").wait_for()
    await left.get_by_role("button", name="住校补助").click()
    await left.get_by_text("听到：住校补助5").wait_for()
    assert await left.locator(".bubble b").count() == 0, "what the account writes is never markup"
    await left.get_by_role("button", name="发语音").click()
    await left.get_by_label("说的话").fill("贷款怎么还")
    await left.get_by_role("button", name="发送", exact=True).last.click()
    await left.get_by_text("听到：贷款怎么还").wait_for()
    await right.get_by_role("button", name="服务").click()
    await right.get_by_role("button", name="我的通知").click()
    await right.get_by_text("听到：NOTICES").wait_for()
    assert await left.get_by_text("NOTICES").count() == 0 and faults == []


async def test_a_card_opens_the_page_in_the_phone_with_its_owner_signed_in(live: Sandbox, page: Page) -> None:
    await page.goto(live.url + "/")
    for phone, key in zip(phones(page), ("zhou-mother", "zhou-father"), strict=True):
        await live.send_template(key, url=live.world.config.origins[0] + "/notice")
        await phone.get_by_role("button", name="学校通知提醒").click()
        inside = phone.frame_locator("iframe")
        assert await inside.locator("#who").inner_text() == live.person(key).openid
        await inside.get_by_role("link", name="再看").click()
        assert await inside.locator("#who").inner_text() == live.person(key).openid
        await page.keyboard.press("Escape")


async def test_a_service_that_answers_nonsense_is_shown_as_the_app_shows_it(live: Sandbox, page: Page) -> None:
    await page.goto(live.url + "/")
    left, _right = phones(page)
    await left.get_by_label("发消息").fill("坏")
    await page.keyboard.press("Enter")
    await left.get_by_text("该公众号暂时无法提供服务，请稍后再试").wait_for()


async def test_scan_follow_and_subscription_choices(live: Sandbox, page: Page) -> None:
    await live.call("/qrcode/create", {"action_name": "QR_STR_SCENE", "action_info": {"scene": {"scene_str": "bind-1"}}})
    await page.goto(live.url + "/")
    left, _right = phones(page)
    await left.get_by_role("button", name="公众号资料和更多").click()
    await left.get_by_role("button", name="取消关注").click()
    await left.get_by_role("button", name="扫二维码关注").click()
    await left.get_by_role("button", name="bind-1").click()
    await left.get_by_text("听到：qrscene_bind-1").wait_for()
    await left.get_by_role("button", name="更多", exact=True).click()
    await left.get_by_role("button", name="订阅通知").click()
    await left.get_by_label("待办事项提醒（发送一次）").uncheck()
    await left.get_by_role("button", name="允许").click()
    await left.get_by_text("您允许了 2 项订阅通知").wait_for()
    assert len(live.person().opted) + len(live.person().always) == 2
    await left.get_by_role("button", name="公众号资料和更多").click()
    await left.get_by_text("学校通知提醒 1 次、办理结果通知 长期").wait_for()


async def test_on_a_small_screen_one_phone_is_shown_and_the_other_marks_what_is_new(live: Sandbox, page: Page) -> None:
    await page.set_viewport_size({"width": 375, "height": 800})
    await page.goto(live.url + "/")
    left, right = phones(page)
    await left.wait_for()
    assert await right.is_hidden()
    assert await page.evaluate("document.documentElement.scrollWidth") <= 375
    await page.locator("body[data-live]").wait_for()  # what comes before is shown, not marked
    await live.send_template("zhou-father")
    await page.get_by_role("tab", name="1 条新消息").click()
    await right.get_by_text("国家资助政策告知书").wait_for()


async def test_faults_are_set_and_calls_are_seen_in_the_drawers(live: Sandbox, page: Page) -> None:
    await page.goto(live.url + "/")
    await page.get_by_role("button", name="故障").click()
    await page.get_by_label("系统繁忙").fill("100")
    await page.keyboard.press("Tab")
    await page.locator("#fault-count").get_by_text("1").wait_for()
    assert live.world.faults.busy_share == 1.0
    await page.get_by_role("button", name="清除全部故障").click()
    await page.locator("#fault-count").wait_for(state="hidden")
    await live.send_template()
    await page.get_by_role("button", name="记录").click()
    await page.get_by_text("接口 message/template/send").first.wait_for()
