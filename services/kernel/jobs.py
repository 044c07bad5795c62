"""A job is an action that nobody is waiting for: it takes ids, opens its own Work, and may run twice."""

from collections.abc import Awaitable, Callable, Sequence
from functools import cache
from inspect import signature
from typing import Any, get_type_hints

import msgspec

JobFunction = Callable[..., Awaitable[None]]


class Job(msgspec.Struct, frozen=True):
    """A function that the worker may run, the queue it stands in and the rights it has."""

    name: str
    function: JobFunction
    queue: str
    rights: frozenset[str]
    split: bool
    """True where the effect is outside the database: the function gets a `Bench` and opens its own transactions."""

    async def __call__(self, *args: Any, **kwargs: Any) -> None:
        """Run it at once, as tests do."""
        await self.function(*args, **kwargs)

    def restored(self, args: Sequence[Any]) -> list[Any]:
        """The arguments as the types that the function is annotated with; raises TypeError or ValidationError where they do not fit."""
        kinds = _kinds(self.function)
        if len(args) != len(kinds):
            raise TypeError("the job takes another number of arguments")
        return [msgspec.convert(arg, kind) for arg, kind in zip(args, kinds, strict=True)]


@cache
def _kinds(function: JobFunction) -> Sequence[Any]:
    """What the parameters after the first are annotated with."""
    hints = get_type_hints(function)
    return [hints[name] for name in list(signature(function).parameters)[1:]]


REGISTRY: dict[str, Job] = {}


def job(
    *, queue: str, rights: set[str] | frozenset[str] = frozenset(), split: bool = False
) -> Callable[[JobFunction], Job]:
    """Register a function as a job; its name is module:function without the `services.` in front.

    It takes a Work (a Bench when `split`) and the arguments that were sent, each as the type it is annotated with.
    """

    def register(function: JobFunction) -> Job:
        name = f"{function.__module__.removeprefix('services.')}:{function.__name__}"
        REGISTRY[name] = Job(name, function, queue, frozenset(rights), split)
        return REGISTRY[name]

    return register
