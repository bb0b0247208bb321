"""Dates of facts: inclusive at both ends, open where nothing is said, and the history in order."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.builders import make_fact, make_topic

SOME_DAY = date(2025, 3, 1)
DAY = timedelta(days=1)


@pytest.mark.parametrize(
    ("since", "until", "day", "holds"),
    [
        (None, None, SOME_DAY, True),
        (SOME_DAY, None, SOME_DAY, True),
        (SOME_DAY, None, SOME_DAY - DAY, False),
        (None, SOME_DAY, SOME_DAY, True),
        (None, SOME_DAY, SOME_DAY + DAY, False),
        (SOME_DAY, SOME_DAY, SOME_DAY, True),
    ],
)
def test_a_fact_holds_from_its_first_day_to_its_last(since: date | None, until: date | None, day: date, holds: bool) -> None:
    assert make_fact(holds_from=since, holds_until=until).holds_on(day) is holds


@given(st.dates(date(2010, 1, 1), date(2030, 1, 1)), st.dates(date(2010, 1, 1), date(2030, 1, 1)))
def test_old_and_new_value_never_hold_on_the_same_day(change: date, today: date) -> None:
    old = make_fact(id="old", series="s", value="1000元", holds_until=change - DAY)
    new = make_fact(id="new", series="s", value="2000元", holds_from=change)
    assert len(make_topic(facts=(new, old)).current(today)) == 1


def test_current_facts_keep_their_reading_order() -> None:
    facts = (make_fact(id="b"), make_fact(id="a"), make_fact(id="gone", holds_until=SOME_DAY - DAY))
    assert [fact.id for fact in make_topic(facts=facts).current(SOME_DAY)] == ["b", "a"]


def test_history_is_oldest_first_and_only_where_something_changed() -> None:
    old = make_fact(id="old", series="amount", value="1元", holds_until=SOME_DAY - DAY)
    new = make_fact(id="new", series="amount", value="2元", holds_from=SOME_DAY)
    alone = make_fact(id="alone", series="quota", value="9个")
    history = make_topic(facts=(new, old, alone)).history()
    assert {name: [fact.id for fact in facts] for name, facts in history.items()} == {"amount": ["old", "new"]}
