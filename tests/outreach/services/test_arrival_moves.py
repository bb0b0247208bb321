"""Every move of an arrival's state is one of MOVES, watched by the database itself while the inbox is put through its paces."""

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from outreach.domain.arrivals import MOVES, ArrivalState
from tests.builders import heard_json
from tests.conftest import House
from tests.desk import GRANT, Desk, make_arrival

STEPS = st.lists(
    st.tuples(st.sampled_from(["ask", "unsaid", "drop", "leave", "wait", "sweep", "event"]), st.integers(1, 4)), max_size=14
)
WATCH = (
    "CREATE TABLE IF NOT EXISTS moves (before TEXT, after TEXT)",
    "CREATE TRIGGER IF NOT EXISTS watch AFTER UPDATE OF state ON arrivals WHEN old.state <> new.state "
    "BEGIN INSERT INTO moves VALUES (old.state, new.state); END",
    "DELETE FROM moves",
    "DELETE FROM arrivals",
)


async def _step(desk: Desk, step: str, number: int) -> None:
    arrival: Any = make_arrival(number)
    if step == "ask":
        await desk.ask(number)
    elif step == "event":
        await desk.ask(number + 100, kind="view", text="")
    elif step == "wait":
        desk.house.clock.advance(seconds=20)
    elif step == "sweep":
        await desk.sweep()
    elif step == "leave":
        await desk.inbox.leave(arrival)
    elif (await desk.inbox.take(arrival, 3)).reply and step == "unsaid":
        await desk.inbox.unsaid(arrival)


@settings(max_examples=25)
@given(steps=STEPS)
async def test_an_arrival_moves_only_as_the_table_says(small_house: House, steps: list[tuple[str, int]]) -> None:
    small_house.assistant.phrases = {GRANT: heard_json(topics={"senior-grant": 0.95})}
    desk = Desk(small_house)
    async with small_house.services.work.begin() as session:
        for statement in WATCH:
            await session.execute(text(statement))
        await session.commit()
    for step, number in steps:
        await _step(desk, step, number)
    await desk.inbox.stop()
    async with small_house.services.work.read() as session:
        moved = {(row.before, row.after) for row in await session.execute(text("SELECT before, after FROM moves"))}
    assert moved <= {(before, after) for before, those in MOVES.items() for after in those}
    assert all(before in set(ArrivalState) for before, _after in moved)
