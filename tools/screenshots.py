"""`make screenshots`: every public page at phone and desktop width, from the running service with invented questions."""

import asyncio
from pathlib import Path

from playwright.async_api import Browser, Page, async_playwright
from running import free_port, running

ROOT = Path(__file__).resolve().parents[1]
OUT = ROOT / "docs" / "screenshots"
CHROMIUM = "/usr/bin/chromium"
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-sync"]
PHONE, DESKTOP = {"width": 375, "height": 800}, {"width": 1280, "height": 900}


async def say(page: Page, text: str) -> None:
    """Type a message and wait for its answer."""
    await page.get_by_role("textbox").fill(text)
    await page.keyboard.press("Enter")
    await page.wait_for_timeout(1500)


async def pictures(browser: Browser, url: str) -> None:
    """Take all pictures."""
    for size in (PHONE, DESKTOP):
        width = size["width"]
        for name, questions in (
            ("chat", []),
            ("chat-answer", ["高中助学金不是2000吗", "那职高呢"]),
            ("chat-clarify", ["补助好多钱嘛"]),
            ("chat-eligibility", ["看看我娃能领哪些补助", "初中", "住校", "低保"]),
            ("chat-safety", ["有人打电话叫我报验证码给娃发助学金"]),
        ):
            context = await browser.new_context(viewport=size)
            page = await context.new_page()
            await page.goto(url + "/")
            for question in questions:
                await say(page, question)
            await page.screenshot(path=OUT / f"{name}-{width}.png")
            await context.close()
        context = await browser.new_context(viewport=size)
        page = await context.new_page()
        for name, path in (
            ("policies", "/policies"),
            ("policies-search", "/policies?q=贷款利率"),
            ("policy", "/policies/loan-amount"),
            ("not-found", "/policies/none"),
        ):
            await page.goto(url + path)
            await page.screenshot(path=OUT / f"{name}-{width}.png")
        await context.close()


async def phones(browser: Browser, url: str) -> None:
    """Take pictures of the sandbox's two phones in the middle of a talk."""
    for size in (PHONE, DESKTOP):
        page = await browser.new_page(viewport=size)
        await page.goto(url + "/")
        first = page.locator(".phone").first
        await first.get_by_role("button", name="切换到键盘").click()
        for question in ("高中助学金好多钱", "2"):
            await first.get_by_label("发消息").fill(question)
            await page.keyboard.press("Enter")
            await page.wait_for_timeout(2500)
        if size is DESKTOP:
            second = page.locator(".phone").last
            await second.get_by_role("button", name="切换到键盘").click()
            await second.get_by_role("button", name="发语音").click()
            await second.get_by_label("说的话").fill("娃儿他爸出了车祸学费凑不齐了")
            await second.get_by_role("button", name="发送", exact=True).last.click()
            await page.wait_for_timeout(2500)
        await page.screenshot(path=OUT / f"phones-{size['width']}.png")
        await page.close()


async def main() -> None:
    """Start the service on free ports, take the pictures, stop it."""
    OUT.mkdir(parents=True, exist_ok=True)
    sandbox = f"http://127.0.0.1:{free_port()}"
    async with running(sandbox) as (url, _process), async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        await pictures(browser, url)
        await phones(browser, sandbox)
        await browser.close()


if __name__ == "__main__":
    asyncio.run(main())
