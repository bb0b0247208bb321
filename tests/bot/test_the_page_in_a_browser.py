"""The chat page in a real browser at phone width, against the running service."""

from collections.abc import AsyncIterator

import pytest
from playwright.async_api import Page, Request, async_playwright

CHROMIUM = "/usr/bin/chromium"
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-sync"]


@pytest.fixture
async def phone() -> AsyncIterator[Page]:
    """Yield a page of a phone 375 pixels wide."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield await browser.new_page(viewport={"width": 375, "height": 800})
        await browser.close()


@pytest.mark.browser
@pytest.mark.rasa
async def test_a_parent_asks_taps_and_finds_it_again_after_a_reload(service: str, phone: Page) -> None:
    outside: list[str] = []
    faults: list[str] = []

    def seen(request: Request) -> None:
        if not request.url.startswith((service, "data:")):
            outside.append(request.url)

    phone.on("request", seen)
    phone.on("pageerror", lambda error: faults.append(str(error)))
    await phone.goto(service + "/")
    await phone.get_by_role("textbox").fill("高中助学金好多钱")
    await phone.keyboard.press("Enter")
    await phone.get_by_text("每人每年2300元").first.wait_for(timeout=10_000)
    await phone.get_by_role("button", name="普高助学金分几档").click()
    await phone.get_by_text("这里还没有公布").first.wait_for(timeout=10_000)
    await phone.reload()
    await phone.get_by_text("每人每年2300元").first.wait_for(timeout=10_000)
    assert await phone.evaluate("document.documentElement.scrollWidth") <= 375
    assert outside == [] and faults == []


@pytest.mark.browser
@pytest.mark.rasa
async def test_the_guide_can_be_done_by_tapping_alone(service: str, phone: Page) -> None:
    await phone.goto(service + "/")
    await phone.get_by_role("button", name="看看能领哪些资助").first.click()
    for choice in ("初中", "住校", "低保"):
        await phone.get_by_role("button", name=choice, exact=False).last.click(timeout=10_000)
        await phone.wait_for_timeout(1200)
    await phone.get_by_text("困难寄宿生生活补助").first.wait_for(timeout=10_000)


@pytest.mark.browser
@pytest.mark.rasa
async def test_policies_are_found_and_read(service: str, phone: Page) -> None:
    await phone.goto(service + "/policies?q=贷款利率")
    await phone.get_by_role("link", name="助学贷款利率").first.click()
    await phone.get_by_text("70个基点").first.wait_for(timeout=10_000)
