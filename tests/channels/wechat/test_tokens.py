"""Tokens: one refresh however many ask, never forced beyond the platform's bounds, a dead holder replaced, nothing leaked."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest

from channels.base import DeliveryError, SharedValues
from channels.wechat.tokens import FORCED_A_DAY, Tokens
from outreach.services.sealing import Sealer
from outreach.services.shared_values import DatabaseValues
from outreach.storage.session import UnitOfWork, create_engine
from tests.builders import FixedClock
from tests.channels.wechat.platform import Line, Platform, hour, line, no_pause

STABLE, TICKET = "/cgi-bin/stable_token", "/cgi-bin/ticket/getticket"


async def refreshed(one: Line, times: int) -> None:
    """Check how often a token was asked for."""
    assert len(one.platform.asked(STABLE)) == times


async def test_two_hundred_who_ask_at_once_cause_one_refresh(clock: FixedClock) -> None:
    async with line(clock, platform=Platform(latency_s=0.02)) as one:
        assert set(await asyncio.gather(*(one.tokens.get() for _ in range(200)))) == {"T1"}
        await refreshed(one, 1)
        body = one.platform.asked(STABLE)[0]
        assert body == {**body, "grant_type": "client_credential", "appid": one.account.appid, "force_refresh": False}


async def test_two_hundred_who_meet_a_rejected_token_cause_one_forced_refresh(clock: FixedClock) -> None:
    async with line(clock, platform=Platform(latency_s=0.02)) as one:
        old = await one.tokens.get()
        assert set(await asyncio.gather(*(one.tokens.renew(old) for _ in range(200)))) == {"T2"}
        assert one.platform.forced == [False, True]
        assert await one.tokens.renew(old) == "T2"  # late, when another is current
        await refreshed(one, 2)


async def test_a_token_is_renewed_five_minutes_ahead_without_force(clock: FixedClock) -> None:
    async with line(clock) as one:
        await one.tokens.get()
        clock.advance(seconds=7200 - 301)
        await one.tokens.get()
        await refreshed(one, 1)
        clock.advance(seconds=2)
        await one.tokens.get()
        assert one.platform.forced == [False, False]


async def test_a_platform_that_still_gives_the_same_token_is_not_asked_each_time(clock: FixedClock) -> None:
    async with line(clock, platform=Platform(life_s=200)) as one:
        for _ in range(10):
            assert await one.tokens.get() == "T1"
        await refreshed(one, 1)
        clock.advance(seconds=31)
        await one.tokens.get()
        await refreshed(one, 2)


async def test_a_refresh_ahead_that_fails_leaves_the_good_token_in_use(clock: FixedClock) -> None:
    async with line(clock) as one:
        await one.tokens.get()
        clock.advance(seconds=7000)
        one.platform.answers[STABLE] = [(502, "bad gateway")]
        assert await one.tokens.get() == "T1" and await one.tokens.get() == "T1"
        await refreshed(one, 2)
        clock.advance(seconds=300)
        with pytest.raises(DeliveryError):
            await one.tokens.get()


async def test_force_is_used_thirty_seconds_apart_and_twenty_times_a_day(clock: FixedClock) -> None:
    async with line(clock) as one:
        token = await one.tokens.get()
        token = await one.tokens.renew(token)
        with pytest.raises(DeliveryError) as caught:
            await one.tokens.renew(token)
        assert not caught.value.permanent and caught.value.retry_after_s == 30 and one.platform.forced == [False, True, False]
        for _ in range(FORCED_A_DAY - 1):
            clock.advance(seconds=31)
            token = await one.tokens.renew(token)
        clock.advance(seconds=31)
        with pytest.raises(DeliveryError):
            await one.tokens.renew(token)
        assert one.platform.forced.count(True) == FORCED_A_DAY
        one.shared.held.clear()
        clock.advance(hours=1)
        with pytest.raises(DeliveryError):  # the count is shared: another process is bound by it as well
            await Tokens(one.account, one.http, one.shared, clock).renew(token)
        clock.advance(hours=15)
        assert await one.tokens.get() and one.platform.forced.count(True) == FORCED_A_DAY


async def test_a_token_that_another_system_replaced_is_found_without_force(clock: FixedClock) -> None:
    async with line(clock) as one:
        token = await one.tokens.renew(await one.tokens.get())
        one.platform.token += 1
        assert await one.tokens.renew(token) == "T3" and one.platform.forced[-1] is False


async def test_what_another_process_brought_is_read_and_not_asked_for_again(clock: FixedClock) -> None:
    async with line(clock) as one:
        other = Tokens(one.account, one.http, one.shared, clock)
        old = await one.tokens.get()
        assert await other.get() == old
        new = await other.renew(old)
        assert await one.tokens.renew(old) == new
        await refreshed(one, 2)


async def test_processes_that_race_on_a_real_database_refresh_once(clock: FixedClock, work: UnitOfWork) -> None:
    async with line(clock, platform=Platform(latency_s=0.1)) as one:
        engines = [create_engine(work.engine.url.render_as_string(hide_password=False)) for _ in range(4)]
        values: list[SharedValues] = [DatabaseValues(UnitOfWork(e), Sealer(b"a secret of the tests"), clock) for e in engines]
        processes = [Tokens(one.account, one.http, shared, clock) for shared in values]
        found = await asyncio.gather(*(tokens.get() for tokens in processes for _ in range(10)))
        assert set(found) == {"T1"}
        found = await asyncio.gather(*(tokens.renew("T1") for tokens in processes for _ in range(10)))
        assert set(found) == {"T2"}
        await refreshed(one, 2)
        for engine in engines:
            await engine.dispose()


async def test_a_value_under_another_secret_or_of_another_shape_is_made_anew(clock: FixedClock, sqlite_work: UnitOfWork) -> None:
    async with line(clock) as one:
        for secret, expected in ((b"the secret of yesterday", "T1"), (b"the secret of today", "T1")):
            shared = DatabaseValues(sqlite_work, Sealer(secret), clock)
            assert await Tokens(one.account, one.http, shared, clock).get() == expected
        await refreshed(one, 2)
        name = f"{one.account.appid}:token"
        await shared.hold(name, "older", 30)
        await shared.put(name, "older", "just a text", hour(clock))
        assert await Tokens(one.account, one.http, shared, clock).get() == "T1"
        await refreshed(one, 3)


async def test_shared_values_that_do_not_answer_are_a_temporary_error(clock: FixedClock) -> None:
    async with line(clock) as one:
        shared = DatabaseValues(UnitOfWork(create_engine("sqlite+aiosqlite:////nowhere/nothing.db")), Sealer(b"a secret"), clock)
        with pytest.raises(DeliveryError) as caught:
            await Tokens(one.account, one.http, shared, clock).get()
        assert (caught.value.reason, caught.value.permanent) == ("shared_values", False)


async def test_a_dead_holder_is_waited_for_until_its_lease_runs_out(clock: FixedClock, sqlite_work: UnitOfWork) -> None:
    async def waiting(seconds: float) -> None:
        clock.advance(seconds=10)
        await no_pause(seconds)

    async with line(clock) as one:
        shared = DatabaseValues(sqlite_work, Sealer(b"a secret of the tests"), clock)
        await shared.hold(f"{one.account.appid}:token", "dead", 30)
        assert await Tokens(one.account, one.http, shared, clock, sleep=waiting).get() == "T1"


async def test_a_holder_that_never_ends_makes_the_others_give_up_in_time(clock: FixedClock) -> None:
    async with line(clock) as one:
        one.shared.held[f"{one.account.appid}:token"] = "stuck"
        with pytest.raises(DeliveryError) as caught:
            await Tokens(one.account, one.http, one.shared, clock, wait_s=0.05).get()
        assert not caught.value.permanent and caught.value.reason == "token"


async def test_while_another_renews_ahead_the_good_token_serves(clock: FixedClock) -> None:
    async with line(clock) as one:
        await one.tokens.get()
        clock.advance(seconds=7000)
        one.shared.held[f"{one.account.appid}:token"] = "another"
        assert await one.tokens.get() == "T1"
        await refreshed(one, 1)


async def test_one_failure_is_shared_by_all_who_waited_for_it(clock: FixedClock) -> None:
    async with line(clock, platform=Platform(latency_s=0.05)) as one:
        one.platform.answers[STABLE] = [{"errcode": -1, "errmsg": "system error"}]
        results: list[Any] = await asyncio.gather(*(one.tokens.get() for _ in range(100)), return_exceptions=True)
        assert {type(result) for result in results} == {DeliveryError}
        assert len(one.platform.asked(STABLE)) <= 2 and not one.shared.held


@pytest.mark.parametrize(
    ("code", "reason", "halts"), [(40001, "credentials", True), (40125, "credentials", True), (40164, "address_not_allowed", True),
                                  (40013, "credentials", True), (45009, "quota_day", False), (99999, "unknown", False)],
)  # fmt: skip
async def test_a_refused_secret_or_address_halts(clock: FixedClock, code: int, reason: str, halts: bool) -> None:
    async with line(clock) as one:
        one.platform.answers[STABLE] = [{"errcode": code, "errmsg": "refused"}]
        with pytest.raises(DeliveryError) as caught:
            await one.tokens.get()
        assert (caught.value.reason, caught.value.halts) == (reason, halts)
        assert "s" * 32 not in repr(caught.value) and "s" * 32 not in str(caught.value.data)


@pytest.mark.parametrize("answer", [{}, {"access_token": "", "expires_in": 7200}, {"access_token": "T1", "expires_in": "soon"}])
async def test_an_answer_without_a_token_is_temporary(clock: FixedClock, answer: dict[str, Any]) -> None:
    async with line(clock) as one:
        one.platform.answers[STABLE] = [answer]
        with pytest.raises(DeliveryError) as caught:
            await one.tokens.get()
        assert not caught.value.permanent


async def test_a_cancelled_holder_leaves_the_lease_free(clock: FixedClock) -> None:
    async with line(clock, platform=Platform(latency_s=0.2)) as one:
        task = asyncio.create_task(one.tokens.get())
        await asyncio.sleep(0.05)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert not one.shared.held and await one.tokens.get() == "T1"


async def test_the_ticket_is_kept_apart_and_survives_a_rejected_token(clock: FixedClock) -> None:
    async with line(clock) as one:
        one.platform.answers[TICKET] = [{"errcode": 0, "errmsg": "ok", "ticket": "J1", "expires_in": 7200}]
        assert await one.tokens.get() == "T1"
        one.platform.token = 5
        assert set(await asyncio.gather(*(one.tokens.ticket() for _ in range(50)))) == {"J1"}
        assert len(one.platform.asked(TICKET)) == 2 and one.platform.forced == [False, True]
        assert one.shared.values[f"{one.account.appid}:ticket"][1] == hour(clock, 2)
        clock.advance(hours=2)
        await one.tokens.ticket()
        assert clock.now() + timedelta(hours=2) == one.shared.values[f"{one.account.appid}:ticket"][1]
