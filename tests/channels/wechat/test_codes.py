"""The table of codes: every row of the platform's page does what the page says; anything else is temporary."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from channels.wechat.codes import RULES, First, delivery, error, rule
from tests.builders import NOW

# code → (permanent, halts, seconds to wait from ten in the morning in Shanghai)
TOMORROW = 14 * 3600 + 60
PAGE = {
    -1: (False, False, None),
    40001: (False, False, None), 40014: (False, False, None), 42001: (False, False, None),
    40003: (True, False, None),
    40037: (False, True, None), 47003: (False, True, None),
    43004: (True, False, None), 48002: (True, False, None),
    43019: (True, False, None),
    43101: (True, False, None),
    43117: (False, False, TOMORROW),
    45009: (False, False, TOMORROW), 45011: (False, False, 60),
    45015: (True, False, None), 45047: (True, False, None),
    48001: (False, True, None), 48004: (False, True, None), 50002: (False, True, None),
    87014: (True, False, None),
    40164: (False, True, None),
}  # fmt: skip


@pytest.mark.parametrize("code", PAGE)
def test_every_row_of_the_page_does_what_it_says(code: int) -> None:
    found = error(code, NOW)
    assert (found.permanent, found.halts, found.retry_after_s) == PAGE[code]
    assert found.provider_code == str(code) and found.reason != "unknown"


def test_only_a_busy_platform_is_repeated_and_only_a_token_renewed() -> None:
    assert [code for code in RULES if rule(code).first is First.REPEAT] == [-1]
    assert [code for code in RULES if rule(code).first is First.RENEW] == [40001, 40014, 42001]


def test_every_rule_has_a_cure_for_the_operator_in_chinese() -> None:
    assert all(any("一" <= char <= "鿿" for char in found.cure) for found in RULES.values())


@given(code=st.integers())
def test_any_code_becomes_an_error_and_an_unknown_one_is_temporary(code: int) -> None:
    found = error(code, NOW)
    assert not (found.permanent and found.halts)
    if code not in RULES:
        assert (found.permanent, found.halts, found.reason) == (False, False, "unknown")


@given(moment=st.datetimes(datetime(2026, 1, 1), datetime(2030, 1, 1), timezones=st.just(UTC)))  # noqa: DTZ001
def test_tomorrow_is_never_later_than_a_day_and_a_minute_and_never_now(moment: datetime) -> None:
    seconds = error(45009, moment).retry_after_s
    assert seconds is not None and 60 <= seconds <= 24 * 3600 + 60


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        ("success", (True, False, "delivered")),
        (" Success ", (True, False, "delivered")),
        ("failed:user block", (False, True, "refused")),
        ("failed: user block", (False, True, "refused")),
        ("failed: system failed", (False, False, "platform_failed")),
        ("failed:system failed", (False, False, "platform_failed")),
        ("failed:freq limit", (False, False, "too_often")),
        ("failed：freq limit (id)", (False, False, "too_often")),
        ("failed: something new", (False, False, "unknown")),
        ("", (False, False, "unknown")),
    ],
)
def test_a_receipt_is_read_by_its_beginning_whatever_its_blanks(status: str, expected: tuple[bool, bool, str]) -> None:
    assert delivery(status) == expected


@given(status=st.text(max_size=40))
def test_any_receipt_is_understood_and_never_both_delivered_and_permanent(status: str) -> None:
    delivered, permanent, reason = delivery(status)
    assert reason and not (delivered and permanent)
