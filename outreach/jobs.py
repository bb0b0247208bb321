"""APScheduler's ticks: each one call to a service."""

from datetime import timedelta

from apscheduler.schedulers.asyncio import AsyncIOScheduler

from outreach.services import memories
from outreach.services.context import Services

# A talk untouched this long is forgotten; what was asked stays in the archive.
FORGET_AFTER = timedelta(days=180)


def scheduler(services: Services) -> AsyncIOScheduler:
    """Return the scheduler with all ticks, not yet started."""

    async def forget_idle() -> None:
        await memories.forget_idle(services, services.clock.now() - FORGET_AFTER)

    ticks = AsyncIOScheduler(timezone="Asia/Shanghai")
    ticks.add_job(forget_idle, "cron", hour=3, minute=20, id="forget_idle", coalesce=True, misfire_grace_time=3600)
    return ticks
