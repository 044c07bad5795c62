"""The departments of a town for programs."""

from datetime import date
from typing import Any, Final
from uuid import UUID

import msgspec
from litestar import Request, Response, Router, get, post, put
from litestar.params import FromPath, FromQuery, JSONBody

from services.kernel.table import Login
from services.kernel.work import Work
from services.tenancy import members
from services.tenancy.door import CurrentWork, IfMatch, needs, seen, tagged
from services.tenancy.members import Department

One = FromPath[UUID]
OFFICE_WRITES: Final = needs("department:manage", login=Login.IDENTITY)


class DepartmentOut(msgspec.Struct, frozen=True, kw_only=True):
    """One department and how many people it has today; `ended_on` in Asia/Shanghai."""

    id: UUID
    name: str
    kind: str
    sectors: list[str]
    aliases: list[str]
    ended_on: date | None
    people: int
    version: int

    @classmethod
    def of(cls, row: Department, people: int) -> "DepartmentOut":
        """The row as programs read it."""
        same = {name: getattr(row, name) for name in cls.__struct_fields__ if name != "people"}
        return cls(**same, people=people)


class DepartmentIn(msgspec.Struct, frozen=True, kw_only=True):
    """What a department is called, which sectors it oversees, and by which other words notices name it."""

    name: str = ""
    sectors: tuple[str, ...] = ()
    aliases: tuple[str, ...] = ()


class NewDepartment(DepartmentIn, frozen=True, kw_only=True):
    """A department to be: leadership, office or sector."""

    kind: str = ""


@get("/", opt=needs("department:read"))
async def list_departments(work: CurrentWork, *, with_ended: FromQuery[bool] = False) -> list[DepartmentOut]:
    """部门台账：镇领导、应急办、行业部门."""
    people = await members.people_in(work)
    found = await members.departments(work, with_ended=with_ended)
    return [DepartmentOut.of(row, people.get(row.id, 0)) for row in found]


@post("/", opt=OFFICE_WRITES)
async def add_department(work: CurrentWork, data: JSONBody[NewDepartment]) -> Response[DepartmentOut]:
    """添加部门."""
    made = await members.add_department(
        work, name=data.name, kind=data.kind, sectors=data.sectors, aliases=data.aliases
    )
    return await _told(work, made, status=201)


@get("/{department_id:uuid}", opt=OFFICE_WRITES)
async def get_department(work: CurrentWork, department_id: One) -> Response[DepartmentOut]:
    """一个部门；版本号即 ETag."""
    return await _told(work, await work.get(Department, department_id))


@put("/{department_id:uuid}", opt=OFFICE_WRITES)
async def change_department(
    request: Request[Any, Any, Any],
    work: CurrentWork,
    department_id: One,
    data: JSONBody[DepartmentIn],
    if_match: IfMatch = None,
) -> Response[DepartmentOut]:
    """修改部门；If-Match 写明读到的版本号."""
    changed = await members.change_department(
        work, department_id, version=seen(if_match), name=data.name, sectors=data.sectors, aliases=data.aliases
    )
    request.app.state.remembered.forget()
    return await _told(work, changed)


@post("/{department_id:uuid}/end", opt=OFFICE_WRITES, status_code=200)
async def end_department(work: CurrentWork, department_id: One) -> Response[DepartmentOut]:
    """撤销部门；部门里还有人时不能撤销."""
    return await _told(work, await members.end_department(work, department_id))


async def _told(work: Work, row: Department, *, status: int = 200) -> Response[DepartmentOut]:
    people = (await members.people_in(work)).get(row.id, 0)
    return tagged(DepartmentOut.of(row, people), row.version, status=status)


router = Router(
    "/api/v1/departments",
    route_handlers=[list_departments, add_department, get_department, change_department, end_department],
    tags=["部门"],
)
