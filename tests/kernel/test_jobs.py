"""A job gets what was sent, as the types it names; and every room's jobs are known to the worker."""

import ast
import importlib
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from uuid import UUID

import msgspec
import pytest

import services
from services import background
from services.kernel.faults import NoSuchJob, where
from services.kernel.jobs import REGISTRY, Job
from services.kernel.outbox import Pace
from services.kernel.work import Work

HERE = Path(services.__file__).parent


async def example(work: Work, row: UUID, day: date, number: int, word: str, instant: datetime, yes: bool) -> None:  # noqa: FBT001
    """A job of every type that may be sent."""


SENT = [UUID(int=7), date(2026, 3, 1), 3, "甲", datetime(2026, 3, 1, 2, tzinfo=UTC), True]
JOB = Job("example", example, "q", frozenset(), split=False)


def test_arguments_come_back_as_they_were_sent() -> None:
    """Ids, days, numbers, words, instants and yes or no survive the outbox."""
    assert JOB.restored(msgspec.to_builtins(SENT)) == SENT


@pytest.mark.parametrize("args", [[], ["x"] * 6, msgspec.to_builtins(SENT)[:5], [*msgspec.to_builtins(SENT), 1]])
def test_what_does_not_fit_is_refused(args: list[object]) -> None:
    """Too few, too many or of another kind: the job is not run."""
    with pytest.raises((TypeError, msgspec.ValidationError)):
        JOB.restored(args)


def test_an_error_names_its_place_and_no_value() -> None:
    """What is kept of an error is its kind and the last line of ours."""
    with pytest.raises(TypeError) as caught:
        JOB.restored(["13800000000"])
    assert where(caught.value).startswith("TypeError at kernel/jobs.py:")
    assert where(caught.value).endswith("in restored")
    assert where(NoSuchJob("13800000000")) == "NoSuchJob"


@pytest.mark.parametrize(("attempts", "seconds"), [(1, 5), (2, 20), (3, 80), (6, 3600), (8, 3600)])
def test_each_failure_waits_longer(attempts: int, seconds: int) -> None:
    """Five seconds, then four times as long each time, at most an hour."""
    assert Pace().delay(attempts) == timedelta(seconds=seconds)


def test_every_job_is_known_to_the_worker() -> None:
    """A module that declares a job stands in the list that the worker and the scheduler load."""
    declaring = {file for file in HERE.rglob("*.py") if _declares_a_job(file)}
    loaded = {Path(module.__file__ or "") for module in background.JOBS}
    assert declaring == loaded
    for name, one in REGISTRY.items():
        module, _, function = name.partition(":")
        if not module.startswith("tests"):
            assert getattr(importlib.import_module(f"services.{module}"), function) is one


def _declares_a_job(file: Path) -> bool:
    functions = (
        node for node in ast.walk(ast.parse(file.read_text("utf-8"))) if isinstance(node, ast.AsyncFunctionDef)
    )
    calls = (mark.func for function in functions for mark in function.decorator_list if isinstance(mark, ast.Call))
    return any(isinstance(call, ast.Name) and call.id == "job" for call in calls)
