"""Time as an argument."""

from datetime import UTC, date, datetime, timedelta, timezone
from typing import Protocol

# Families and offices live in one zone; China keeps no summer time.
SHANGHAI = timezone(timedelta(hours=8), "Asia/Shanghai")


class Clock(Protocol):
    """Tells the moment; tests bring their own."""

    def now(self) -> datetime:
        """Return the present moment, aware, in UTC."""
        ...


class SystemClock:
    """The machine's clock."""

    def now(self) -> datetime:
        """Return the present moment, aware, in UTC."""
        return datetime.now(UTC)


def day_of(moment: datetime) -> date:
    """Return the calendar day of ``moment`` in Shanghai."""
    return moment.astimezone(SHANGHAI).date()
