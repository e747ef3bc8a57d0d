"""The event loop that mitmproxy runs on."""

from __future__ import annotations

import asyncio
import sys

from turns import turn

from tapehiss.proxy.loop import new_loop, run


async def _answer() -> int:
    await turn()
    return 42


def test_a_program_runs_to_its_end() -> None:
    """And gives its answer."""
    assert run(_answer()) == 42


def test_a_task_factory_of_any_age_works() -> None:
    """uvloop hands over arguments that older factories do not know."""

    def factory(loop: asyncio.AbstractEventLoop, coro: object, *, context: object = None) -> asyncio.Task[int]:
        del context
        return asyncio.Task(coro, loop=loop)  # type: ignore[arg-type]

    async def main() -> int:
        loop = asyncio.get_running_loop()
        loop.set_task_factory(factory)  # type: ignore[arg-type]
        got = await asyncio.create_task(_answer())
        loop.set_task_factory(None)
        return got + await asyncio.create_task(_answer())

    assert run(main()) == 84


def test_eager_tasks_work_where_python_has_them() -> None:
    """mitmproxy turns them on."""

    async def main() -> int:
        if sys.version_info >= (3, 12):
            asyncio.get_running_loop().set_task_factory(asyncio.eager_task_factory)
        return await asyncio.create_task(_answer(), name="named")

    assert run(main()) == 42


def test_the_loop_is_the_fast_one() -> None:
    """uvloop is part of the extra."""
    loop = new_loop()
    loop.close()

    assert any(kind.__module__.startswith("uvloop") for kind in type(loop).__mro__)
