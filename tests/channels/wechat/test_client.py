"""The client: retries exactly as the table says, everything else is an error of ours, and nothing secret comes out."""

import asyncio
import logging
import time
from dataclasses import replace
from typing import Any

import aiohttp
import pytest
from aiohttp import web

from channels.base import DeliveryError
from channels.wechat.client import WeChatClient
from channels.wechat.pace import Pace
from tests.builders import FixedClock
from tests.channels.wechat.platform import OK, OPENID, Line, Platform, line

SEND = "/cgi-bin/message/custom/send"
BUSY = {"errcode": -1, "errmsg": "system error"}
BODY = {"touser": OPENID, "msgtype": "text", "text": {"content": "周小禾的告知书"}}


async def failed(one: Line, answer: Any = None, **options: Any) -> DeliveryError:
    """Return the error of one sending that is answered ``answer``."""
    if answer is not None:
        one.platform.answers[SEND] = [answer]
    client = WeChatClient(one.account, one.http, one.tokens, one.clock, **options) if options else one.client
    with pytest.raises(DeliveryError) as caught:
        await client.call(SEND, BODY)
    return caught.value


async def test_a_call_carries_the_token_and_its_json_written_out(clock: FixedClock) -> None:
    seen = []

    def answer(request: web.Request) -> dict[str, Any]:
        seen.append(request._read_bytes)
        return {**OK, "msgid": 7}

    async with line(clock) as one:
        one.platform.answers[SEND] = [answer]
        assert await one.client.call(SEND, BODY) == {"errcode": 0, "errmsg": "ok", "msgid": 7}
        assert one.platform.calls[-1] == (SEND, {"access_token": "T1"}, BODY)
        assert "周小禾".encode() in bytes(seen[0] or b"")


async def test_a_read_uses_get_and_its_own_query(clock: FixedClock) -> None:
    async with line(clock) as one:
        await one.client.call("/cgi-bin/menu/get", method="GET", params={"type": "x"})
        assert one.platform.calls[-1] == ("/cgi-bin/menu/get", {"access_token": "T1", "type": "x"}, None)


@pytest.mark.parametrize(("times", "sent"), [(1, True), (3, True), (4, False)])
async def test_a_busy_platform_is_repeated_at_most_three_times_with_growing_pauses(
    clock: FixedClock, times: int, sent: bool
) -> None:
    pauses: list[float] = []

    async def sleep(seconds: float) -> None:
        pauses.append(seconds)

    async with line(clock, sleep=sleep) as one:
        one.platform.answers[SEND] = [*[BUSY] * times, OK]
        pauses.clear()
        if sent:
            await one.client.call(SEND, BODY)
        else:
            assert (error := await failed(one)).reason == "busy" and not error.permanent
        longer = [pause for pause in pauses if pause > 0.1]
        assert len(longer) == min(times, 3) and longer == sorted(longer)
        assert len(one.platform.asked(SEND)) == min(times, 3) + 1


@pytest.mark.parametrize("code", [40001, 40014, 42001])
async def test_a_rejected_token_is_renewed_once_and_the_call_repeated_once(clock: FixedClock, code: int) -> None:
    async with line(clock, platform=Platform(rejecting=code)) as one:
        await one.tokens.get()
        one.platform.token = 9
        await asyncio.gather(*(one.client.call(SEND, BODY) for _ in range(200)))
        assert one.platform.forced == [False, True]
        assert len(one.platform.asked(SEND)) == 400


async def test_a_token_that_is_rejected_again_is_a_temporary_error(clock: FixedClock) -> None:
    async with line(clock) as one:
        error = await failed(one, {"errcode": 40001, "errmsg": "invalid credential"})
        assert (error.reason, error.permanent) == ("token", False)
        assert len(one.platform.asked(SEND)) == 2 and one.platform.forced == [False, True]


@pytest.mark.parametrize(("code", "permanent", "halts"), [(43004, True, False), (47003, False, True), (45015, True, False)])
async def test_other_codes_are_not_repeated(clock: FixedClock, code: int, permanent: bool, halts: bool) -> None:
    async with line(clock) as one:
        error = await failed(one, {"errcode": code, "errmsg": "no"})
        assert (error.permanent, error.halts, error.provider_code) == (permanent, halts, str(code))
        assert len(one.platform.asked(SEND)) == 1


async def test_an_unknown_code_is_logged_whole_without_anything_personal(
    clock: FixedClock, caplog: pytest.LogCaptureFixture
) -> None:
    async with line(clock, platform=Platform(prefix="88_of-the-account-")) as one:
        token = await one.tokens.get()
        told = f"odd {token} {OPENID} oAAAAAAAAAAAAAAAAAAAAAAAAAAA 周小禾的告知书 {one.account.secret} rid: 6566"
        error = await failed(one, lambda _request: {"errcode": 61234, "errmsg": told, "hint": {"deep": [OPENID]}})
        assert (error.reason, error.permanent, error.retry_after_s) == ("unknown", False, None)
    (record,) = [record for record in caplog.records if record.levelno == logging.ERROR]
    words = record.getMessage()
    assert "61234" in words and "rid: 6566" in words and SEND in words and "hint" in words
    for hidden in (OPENID, "oAAAAAAAA", "周小禾", one.account.secret, token):
        assert hidden not in words and hidden not in repr(error) + str(error.data)


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        ((500, "oops"), "uncertain"), ((502, "<html>"), "uncertain"), ((404, "no"), "bad_answer"), ((302, ""), "bad_answer"),
        ((200, "<html>"), "uncertain"), ((200, ""), "uncertain"), ((200, "[1]"), "uncertain"),
        ((200, '{"errcode":"40001"}'), "uncertain"), ((200, "[" * 100_000), "uncertain"),
    ],
)  # fmt: skip
async def test_an_answer_that_is_none_is_temporary(clock: FixedClock, answer: tuple[int, str], reason: str) -> None:
    async with line(clock) as one:
        error = await failed(one, answer)
        assert (error.reason, error.permanent, error.halts) == (reason, False, False)


async def test_a_timeout_leaves_it_uncertain_and_is_not_repeated(clock: FixedClock) -> None:
    async with line(clock, platform=Platform()) as one:
        await one.tokens.get()
        one.platform.latency_s = 1
        error = await failed(one, timeout_s=0.1)
        assert (error.reason, error.permanent) == ("uncertain", False) and len(one.platform.asked(SEND)) == 1


async def test_a_line_that_breaks_after_sending_leaves_it_uncertain(clock: FixedClock) -> None:
    def broken(request: web.Request) -> dict[str, Any]:
        assert request.transport is not None
        request.transport.abort()
        return OK

    async with line(clock) as one:
        assert (await failed(one, broken)).reason == "uncertain"


async def test_a_platform_that_is_not_there_is_temporary_and_tells_no_secret(clock: FixedClock) -> None:
    async with line(clock) as one:
        await one.tokens.get()
        one.account = replace(one.account, api="http://127.0.0.1:9")
        error = await failed(one, timeout_s=2)
    assert (error.reason, error.permanent) == ("unreachable", False)
    chain: list[BaseException | None] = [error, error.__cause__, error.__context__]
    assert chain[1:] == [None, None] and "T1" not in repr(error) and "access_token" not in repr(error)


async def test_no_error_of_the_line_shows_the_address_with_the_token(clock: FixedClock, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    async with line(clock) as one:
        for answer in ((500, "x"), (200, "x"), (302, "x")):
            error = await failed(one, answer)
            assert error.__context__ is None and "T1" not in f"{error!r} {error.data}"
    ours = " ".join(record.getMessage() for record in caplog.records if record.name != "aiohttp.access")  # the fake's own log
    assert "access_token" not in ours and "T1" not in ours and one.account.secret not in ours


async def test_no_more_run_at_once_than_allowed(clock: FixedClock) -> None:
    running = most = 0

    async def counted(method: str, url: str, **_given: Any) -> None:
        nonlocal running, most
        async with pace.turn():
            running += 1
            most = max(most, running)
            await asyncio.sleep(0.002)
            running -= 1

    pace = Pace(at_once=7, per_second=1e6)
    await asyncio.gather(*(counted("POST", "") for _ in range(60)))
    assert most == 7


async def test_no_more_start_in_a_second_than_allowed() -> None:
    waits: list[float] = []

    async def sleep(seconds: float) -> None:
        waits.append(seconds)

    pace = Pace(at_once=1000, per_second=50, sleep=sleep)

    async def one() -> None:
        async with pace.turn():
            pass

    await asyncio.gather(*(one() for _ in range(101)))
    assert max(waits) == pytest.approx(2.0, abs=0.1) and waits == sorted(waits)


async def test_three_hundred_a_second_pass_at_twenty_milliseconds(clock: FixedClock) -> None:
    async with line(clock, platform=Platform(latency_s=0.02), sleep=asyncio.sleep, at_once=40, per_second=1000) as one:
        await one.tokens.get()
        started = time.perf_counter()
        await asyncio.gather(*(one.client.call(SEND, BODY) for _ in range(300)))
        assert time.perf_counter() - started < 1.0


async def test_the_session_given_in_is_left_open(clock: FixedClock) -> None:
    async with line(clock) as one:
        await failed(one, (500, ""))
        assert isinstance(one.http, aiohttp.ClientSession) and not one.http.closed
