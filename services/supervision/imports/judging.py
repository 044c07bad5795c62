"""What each row of a ledger would do, and what is wrong with the others."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, Final

import msgspec

from services.kernel.work import Work
from services.supervision.imports.reading import Row
from services.supervision.registry import BY_NAME, Meant, Villages, meant

SHOWN: Final = 20
"""So many rows of each kind stand in the preview."""


class Judged(msgspec.Struct, frozen=True):
    """One row: what it means, and every reason against it."""

    row: Row
    meant: Meant
    wrong: Mapping[str, str]

    @property
    def kind(self) -> str:
        """new, changed, unchanged or bad."""
        if self.wrong:
            return "bad"
        if self.meant.is_new:
            return "new"
        return "changed" if self.meant.changed else "unchanged"

    @property
    def reason(self) -> str:
        """All reasons in one sentence, each with the column that it is about."""
        return "；".join(
            f"{BY_NAME[name].head}：{words}" if name in BY_NAME else words for name, words in self.wrong.items()
        )


class Seen:
    """Which enterprises the rows above named: none is named twice."""

    def __init__(self) -> None:
        self._codes: dict[str, int] = {}
        self._names: dict[str, int] = {}
        self._nameless: dict[str, int] = {}

    def again(self, row: Row) -> dict[str, str]:
        """Why a row repeats one above; the row is remembered."""
        code, name = row.values.get("credit_code"), row.values.get("name") or ""
        if code:
            first = self._codes.setdefault(code, row.number)
            if first != row.number:
                return {"credit_code": f"与第 {first} 行的信用代码相同，一家企业只写一行"}
        other = self._nameless.get(name) if code else self._names.get(name)
        if name and other is not None:
            return {"name": f"与第 {other} 行的企业名称相同，其中有的没有信用代码，分不清是不是同一家"}
        self._names.setdefault(name, row.number)
        if not code:
            self._nameless.setdefault(name, row.number)
        return {}


class Found:
    """What the rows came to so far."""

    def __init__(self, villages: Mapping[str, str]) -> None:
        self.counts: Counter[str] = Counter()
        self.bad: dict[int, str] = {}
        """The reason of each bad row by its number in the sheet."""
        self.preview: list[dict[str, Any]] = []
        self._villages = villages

    def take(self, judged: Sequence[Judged]) -> None:
        """Count rows, and keep the first of each kind."""
        for one in judged:
            self.counts[one.kind] += 1
            if one.wrong:
                self.bad[one.row.number] = one.reason
            if self.counts[one.kind] <= SHOWN and one.kind != "unchanged":
                self.preview.append(self._shown(one))

    def _shown(self, one: Judged) -> dict[str, Any]:
        values = one.meant.after or one.row.values
        shown = {"row": one.row.number, "kind": one.kind, "reason": one.reason, "name": str(values.get("name") or "")}
        shown |= {"code": values.get("credit_code") or "", "sector": values.get("sector") or ""}
        return shown | {"changes": self._changes(one.meant) if one.kind == "changed" else []}

    def _changes(self, change: Meant) -> list[dict[str, str]]:
        fields = [BY_NAME[name] for name in change.changed]
        return [
            {
                "head": field.head,
                "before": field.say(change.before[field.name], self._villages),
                "after": field.say(change.after[field.name], self._villages),
            }
            for field in fields
        ]


async def judge(
    work: Work, rows: Sequence[Row], seen: Seen, valid_from: date, villages: Villages, *, lock: bool = False
) -> list[Judged]:
    """The rows against each other and against the registry, nothing written; `lock` holds the enterprises until the commit."""
    again = [seen.again(row) for row in rows]
    found = await meant(work, [row.values for row in rows], valid_from, villages, lock=lock)
    return [
        Judged(row, known, {**known.wrong, **repeated, **row.wrong})
        for row, known, repeated in zip(rows, found, again, strict=True)
    ]
