"""APScheduler's ticks: each one call to a service."""

from datetime import timedelta

from apscheduler.schedulers.asyncio import AsyncIOScheduler

from outreach.services import leftovers, memories
from outreach.services.context import Services
from outreach.services.inbox import TurnInbox

# A talk untouched this long is forgotten; what was asked stays in the archive.
FORGET_AFTER = timedelta(days=180)


# How soon a turn is taken up whose process died, and an answer pushed that nobody asked for again.
SWEEP_S = 2
CHECKPOINT_S = 5


def scheduler(services: Services, inbox: TurnInbox) -> AsyncIOScheduler:
    """Return the scheduler with all ticks, not yet started."""

    async def forget_idle() -> None:
        await memories.forget_idle(services, services.clock.now() - FORGET_AFTER)

    async def forget_nonces() -> None:
        await leftovers.forget_nonces(services)

    ticks = AsyncIOScheduler(timezone="Asia/Shanghai")
    ticks.add_job(forget_idle, "cron", hour=3, minute=20, id="forget_idle", coalesce=True, misfire_grace_time=3600)
    ticks.add_job(inbox.sweep, "interval", seconds=SWEEP_S, id="sweep", coalesce=True, max_instances=1)
    ticks.add_job(services.work.checkpoint, "interval", seconds=CHECKPOINT_S, id="checkpoint", coalesce=True, max_instances=1)
    ticks.add_job(forget_nonces, "interval", minutes=10, id="forget_nonces", coalesce=True)
    return ticks
