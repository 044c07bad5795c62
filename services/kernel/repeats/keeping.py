"""First answers are kept in the transaction of their act, and found again by who asked and under which name."""

import hashlib
import hmac
from datetime import timedelta
from types import MappingProxyType
from typing import Final
from uuid import UUID

import msgspec
from sqlalchemy import func, select

from services.kernel.keys.sealing import bound, decrypt, encrypt
from services.kernel.refusals import Refusal
from services.kernel.repeats.models import KeptAnswer
from services.kernel.work import Work

STAY: Final = timedelta(hours=24)
"""How long a first answer is kept at least."""


class KeyReused(Refusal):
    """The name of an act already belongs to another one."""

    status = 422

    def __init__(self) -> None:
        super().__init__("这个 Idempotency-Key 已用于另一次内容不同的请求：重试要原样重发，新的请求请换一个新的值")


class UnderWay(Refusal):
    """The same act is being done at this moment."""

    headers = MappingProxyType({"Retry-After": "1"})

    def __init__(self) -> None:
        super().__init__("同一个 Idempotency-Key 的请求正在办理，请 1 秒后原样重发，届时得到第一次的结果")


class Answer(msgspec.Struct, frozen=True):
    """What a caller was told: the status, the headers that matter and the body."""

    status: int
    headers: dict[str, str]
    body: bytes


class Asked(msgspec.Struct, frozen=True, kw_only=True):
    """One act as its caller named it; `secret` is the installation's."""

    who: str
    key: str
    fingerprint: bytes
    secret: bytes

    @property
    def id(self) -> UUID:
        """The same for the same caller and name; the name itself is not kept."""
        return UUID(bytes=self._digest(b"id")[:16])

    @property
    def seal(self) -> bytes:
        """Opens the answer; needs the name besides the installation's secret."""
        return self._digest(b"seal")

    def _digest(self, purpose: bytes) -> bytes:
        parts = bound("kept-answer", purpose, self.who.encode(), self.key.encode())
        return hmac.new(self.secret, parts, hashlib.sha256).digest()


async def first_answer(work: Work, asked: Asked) -> Answer | None:
    """What was answered the first time; None where this is the first time, and then nobody else may begin until the end.

    Raises UnderWay and KeyReused.
    """
    lock = int.from_bytes(asked.id.bytes[:8], signed=True)
    if not await work.session.scalar(select(func.pg_try_advisory_xact_lock(lock))):
        raise UnderWay
    row = await work.first(select(KeptAnswer).where(KeptAnswer.id == asked.id))
    if row is None:
        return None
    if not hmac.compare_digest(row.fingerprint, asked.fingerprint):
        raise KeyReused
    return msgspec.msgpack.decode(decrypt(asked.seal, row.answer, asked.id.bytes), type=Answer)


async def keep(work: Work, asked: Asked, answer: Answer) -> None:
    """Keep the first answer in the transaction of the act."""
    work.add(
        KeptAnswer(
            id=asked.id,
            enterprise_id=work.identity.scope.enterprise_id,
            at=work.now,
            fingerprint=asked.fingerprint,
            answer=encrypt(asked.seal, msgspec.msgpack.encode(answer), asked.id.bytes),
        )
    )
