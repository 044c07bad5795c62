"""The directory of districts and townships for programs."""

from typing import Any, Final, Literal
from uuid import UUID

import msgspec
from litestar import Request, Response, Router, get, post
from litestar.params import FromPath, JSONBody

from services.kernel.refusals import BadInput
from services.kernel.table import Login
from services.kernel.work import Work
from services.tenancy import townships
from services.tenancy.roles import Role
from services.tenancy.routes import CurrentWork, needs, tagged
from services.tenancy.townships import Tenant

AnyRequest = Request[Any, Any, Any]
One = FromPath[UUID]
SUSPENDS: Final = needs("township:suspend", login=Login.PLATFORM)


class PlaceOut(msgspec.Struct, frozen=True, kw_only=True):
    """A township or a district; `code` is its division code."""

    id: UUID
    kind: str
    district_id: UUID | None
    code: str
    name: str
    full_name: str
    slug: str
    state: str

    @classmethod
    def of(cls, row: Tenant) -> "PlaceOut":
        """The row as programs read it."""
        return cls(**{name: getattr(row, name) for name in cls.__struct_fields__})


class Directory(msgspec.Struct, frozen=True):
    """The districts and their townships, each in the order of their codes."""

    districts: list[PlaceOut]
    townships: list[PlaceOut]


class NewPlace(msgspec.Struct, frozen=True, kw_only=True):
    """A place to be: a township of a district, or a district."""

    kind: Literal["township", "district"] = "township"
    district_id: UUID | None = None
    code: str = ""
    name: str = ""
    slug: str = ""
    full_name: str = ""


@get("/", opt=needs("township:read"))
async def list_places(request: AnyRequest, work: CurrentWork) -> Directory:
    """区县和镇街名录；区县督导只看本区县."""
    mine = request.user.tenant if request.user.role_of is Role.DISTRICT_OVERSEER else None
    districts = [PlaceOut.of(row) for row in await townships.districts(work) if mine in {None, row.id}]
    return Directory(districts, [PlaceOut.of(row) for row in await townships.townships(work, district_id=mine)])


@post("/", opt=needs("township:create", login=Login.PLATFORM))
async def create(work: CurrentWork, data: JSONBody[NewPlace]) -> PlaceOut:
    """新建镇街或区县；首个账号由安全保密管理员授予."""
    return PlaceOut.of(await _created(work, data))


@get("/{tenant_id:uuid}", opt=SUSPENDS)
async def get_place(work: CurrentWork, tenant_id: One) -> Response[PlaceOut]:
    """一个镇街或区县."""
    return tagged(PlaceOut.of(await townships.place(work, tenant_id)))


@post("/{tenant_id:uuid}/suspend", opt=SUSPENDS, status_code=200)
async def suspend(request: AnyRequest, work: CurrentWork, tenant_id: One) -> PlaceOut:
    """停用，该单位人员不能再登录；资料原样保留."""
    suspended = await townships.suspend(work, tenant_id)
    request.app.state.remembered.forget()
    return PlaceOut.of(suspended)


@post("/{tenant_id:uuid}/resume", opt=SUSPENDS, status_code=200)
async def resume(work: CurrentWork, tenant_id: One) -> PlaceOut:
    """恢复已停用的镇街或区县."""
    return PlaceOut.of(await townships.resume(work, tenant_id))


async def _created(work: Work, data: NewPlace) -> Tenant:
    named = {name: getattr(data, name).strip() for name in ("code", "name", "slug", "full_name")}
    if data.kind == "district":
        return await townships.create_district(work, **named)
    if data.district_id is None:
        raise BadInput(fields={"district_id": "请选择所属区县"})
    return await townships.create_township(work, district_id=data.district_id, **named)


router = Router("/api/v1/townships", route_handlers=[list_places, create, get_place, suspend, resume], tags=["镇街"])
