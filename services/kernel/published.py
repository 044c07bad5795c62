"""What everybody may read without an account: said beside a table's columns, made into a view by every migrate."""

from typing import Any

import msgspec
from sqlalchemy import Column, TableClause, column, table
from sqlalchemy.orm import DeclarativeBase

EVERY_ROW = "true"


class Published(msgspec.Struct, frozen=True):
    """A view over one table: these columns of those rows, and nothing else of it, are public."""

    view: str
    columns: tuple[str, ...]
    """All that the public's login may read, in the view and in the table beneath."""
    only: str = EVERY_ROW
    """Which rows: a condition over the columns named, without a subquery; every row where the table holds no others."""

    def statements(self, source: str, reader: str) -> tuple[str, ...]:
        """The view made anew over the table `source`, and the reader's privilege on both."""
        listed = ", ".join(self.columns)
        return (
            f"DROP VIEW IF EXISTS {self.view}",
            f"CREATE VIEW {self.view} WITH (security_invoker = true) AS SELECT {listed} FROM {source} WHERE {self.only}",  # noqa: S608 - names from our own models
            f"GRANT SELECT ({listed}) ON {source} TO {reader}",
            f"GRANT SELECT ON {self.view} TO {reader}",
        )


def view_of(model: type[DeclarativeBase]) -> TableClause:
    """The published view of a table, to be selected from; its columns keep their types."""
    said: Published = model.__published__  # type: ignore[attr-defined]
    columns: dict[str, Column[Any]] = {one.name: one for one in model.__table__.columns}  # type: ignore[misc]
    return table(said.view, *(column(name, columns[name].type) for name in said.columns))
