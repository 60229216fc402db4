"""How are processes kept running? Started in order, restarted when they die, stopped together, their logs in files."""

from __future__ import annotations

import asyncio
import contextlib
import ctypes
import json
import os
import signal
import sys
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

_DEATH_SIGNAL = 1  # prctl(2): PR_SET_PDEATHSIG
_PATIENCE = 20.0  # seconds for a process to stop by itself
_SHORT_LIFE = 5.0  # seconds; who dies sooner is started again ever more slowly


@dataclass(slots=True)
class Child:
    """One supervised process. `ready` waits until it answers. `restarts` counts its deaths."""

    name: str
    command: Sequence[str]
    environment: Mapping[str, str]
    log: Path
    ready: Callable[[], Awaitable[bool]]
    process: asyncio.subprocess.Process | None = None
    restarts: int = 0
    started: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def pid(self) -> int | None:
        return self.process.pid if self.process and self.process.returncode is None else None


class StartError(RuntimeError):
    """A process did not come up. The message names its log and quotes its last lines."""


class Supervisor:
    """Runs children. They die with this process, even where it is killed. `pids`: a file that tells their process ids,
    by name, for as long as they run."""

    def __init__(self, say: Callable[[str], None], pids: Path | None = None) -> None:
        self._say, self._pids = say, pids
        self.children: dict[str, Child] = {}
        self._keepers: list[asyncio.Task[None]] = []
        self._stopping = False

    async def start(self, child: Child, patience: float = 60.0) -> None:
        """Start `child` and wait until it is ready. Raises StartError when it dies first or takes too long."""
        self.children[child.name] = child
        await self._spawn(child)
        loop = asyncio.get_running_loop()
        limit = loop.time() + patience
        while not await child.ready():
            if child.process is not None and child.process.returncode is not None:
                raise StartError(f"{child.name} ended with {child.process.returncode}; {_last_words(child.log)}")
            if loop.time() > limit:
                raise StartError(f"{child.name} does not answer; {_last_words(child.log)}")
            await asyncio.sleep(0.05)
        child.started.set()
        self._keepers.append(asyncio.create_task(self._keep(child)))

    async def stop(self) -> None:
        """Stop all, those started last first; kill who does not go by itself."""
        self._stopping = True
        for keeper in self._keepers:
            keeper.cancel()
        await asyncio.gather(*self._keepers, return_exceptions=True)  # one of them may be starting its child again
        for child in reversed(list(self.children.values())):
            await self._end(child)
        if self._pids is not None:
            self._pids.unlink(missing_ok=True)

    def _tell_pids(self) -> None:
        """Written beside and moved, so that nobody reads half a file."""
        if self._pids is None:
            return
        running = {name: child.pid for name, child in self.children.items() if child.pid is not None}
        beside = self._pids.with_suffix(".new")
        beside.write_text(json.dumps(running, indent=1))
        beside.replace(self._pids)

    async def _spawn(self, child: Child) -> None:
        child.log.parent.mkdir(parents=True, exist_ok=True)
        with child.log.open("ab") as log:
            child.process = await asyncio.create_subprocess_exec(
                *child.command,
                env={**_inherited(), **child.environment},
                stdin=asyncio.subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
                preexec_fn=_die_with_parent(os.getpid()),
            )
        self._tell_pids()

    async def _keep(self, child: Child) -> None:
        loop = asyncio.get_running_loop()
        pause = 0.0
        while child.process is not None:
            begun = loop.time()
            code = await child.process.wait()
            if self._stopping:
                return
            child.restarts += 1
            lived = loop.time() - begun
            pause = 0.0 if lived > _SHORT_LIFE else min(10.0, pause * 2 or 0.2)
            self._say(f"{child.name} ended with {code} after {lived:.1f} s: starting it again (log: {child.log})")
            await asyncio.sleep(pause)
            await self._spawn(child)

    async def _end(self, child: Child) -> None:
        process = child.process
        if process is None or process.returncode is not None:
            return
        with contextlib.suppress(ProcessLookupError):
            process.terminate()
        try:
            await asyncio.wait_for(process.wait(), _PATIENCE)
        except TimeoutError:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            await process.wait()


def _die_with_parent(parent: int) -> Callable[[], None] | None:
    """Have the kernel end a child whose supervisor is gone (Linux); elsewhere children outlive a killed supervisor."""
    if not sys.platform.startswith("linux"):
        return None
    libc = ctypes.CDLL(None, use_errno=True)

    def ask() -> None:
        libc.prctl(_DEATH_SIGNAL, signal.SIGTERM)
        if os.getppid() != parent:
            os._exit(1)

    return ask


def _last_words(log: Path) -> str:
    lines = log.read_text(errors="replace").splitlines()[-15:] if log.exists() else []
    return f"its log is {log}\n" + "\n".join(f"  {line}" for line in lines)


def _inherited() -> dict[str, str]:
    """The environment, less how other Temporal servers are reached: there is one of the shop's own."""
    return {name: value for name, value in os.environ.items() if not name.startswith("TEMPORAL_")}
