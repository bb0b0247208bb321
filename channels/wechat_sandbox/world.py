"""The whole state of one sandbox, built once; every call and every page works on it."""

import asyncio
import itertools
import time
from collections.abc import Coroutine
from typing import Any

from aiohttp import web

from channels.wechat_sandbox.account import Config
from channels.wechat_sandbox.callbacks import Callbacks
from channels.wechat_sandbox.chats import Chats
from channels.wechat_sandbox.faults import Dice, Faults
from channels.wechat_sandbox.followers import Followers, read_cast
from channels.wechat_sandbox.menu import Menu
from channels.wechat_sandbox.oauth import Codes
from channels.wechat_sandbox.qr import Scenes
from channels.wechat_sandbox.quotas import Quotas
from channels.wechat_sandbox.record import Record
from channels.wechat_sandbox.templates import Templates
from channels.wechat_sandbox.tokens import Tokens


class World:
    """Account, followers, tokens, quotas, menu, codes, chats, record and faults of a sandbox."""

    def __init__(self, config: Config) -> None:
        self.config = config
        self.record = Record(config.record_cap)
        self.chats = Chats()
        self.callbacks = Callbacks(config, self.record, self.chats)
        self.followers = Followers(config.seed, config.account.appid)
        self.templates = Templates(config.account.templates)
        self.dice = Dice(config.seed)
        self.menu = Menu()
        self.scenes = Scenes()
        self.shift_s = 0.0
        # numbers must be new after a restart: the account's database remembers the old ones
        self.message_ids = itertools.count(int(time.time() * 1000) * 10_000)
        self.job_ids = itertools.count(int(time.time() * 1000) * 1_000_000)
        self._tasks: set[asyncio.Task[Any]] = set()
        for key, name, note in read_cast(config.cast) if config.cast else ():
            self.followers.add(key, name, note)
        self._begin()

    def _begin(self) -> None:
        self.tokens = Tokens()
        self.quotas = Quotas()
        self.codes = Codes()
        self.sent_once: dict[tuple[str, str], tuple[float, int]] = {}
        self.calls: dict[str, int] = {}
        self.put_faults(Faults().changed(self.config.faults))

    @property
    def faults(self) -> Faults:
        """Return the faults in force."""
        return self.callbacks.faults

    def put_faults(self, faults: Faults) -> None:
        """Let ``faults`` be in force from now on."""
        self.callbacks.faults = faults
        self.chats.tell({"type": "faults"})

    def now(self) -> float:
        """Return the moment by which rules are judged: the clock, and what the admin moved it forward."""
        return self.config.clock() + self.shift_s

    def later(self, work: Coroutine[Any, Any, Any]) -> asyncio.Task[Any]:
        """Run ``work`` beside; it ends with the sandbox or at a reset."""
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    async def stop_tasks(self) -> None:
        """End everything that runs beside."""
        tasks = [task for task in self._tasks if task is not asyncio.current_task()]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def reset(self) -> None:
        """Go back to the start: faults, tokens, quotas, windows, opt-ins, chats and record; menu and QR codes stay."""
        await self.stop_tasks()
        self.shift_s = 0.0
        for follower in self.followers.by_key.values():
            follower.forget()
        self.record.clear()
        self.chats.clear()
        self._begin()


WORLD = web.AppKey("world", World)
