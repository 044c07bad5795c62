"""Personal data goes into its row sealed, with what a page shows and what it is found by beside it."""

from msgspec import structs

from services.kernel.keys import MasterKey, TenantKeys, blind_index, normalise_phone, open_field, seal_field
from services.kernel.refusals import BadInput
from services.kernel.table import Login
from services.kernel.work import Work, open_work
from services.regulation.credit_code import normalise
from services.supervision.people.facts import PersonFacts, masked_id, masked_name, name_key
from services.supervision.people.models import EnterprisePerson
from services.tenancy.members import masked
from services.tenancy.tenant_keys import keys_of

SEALED = ("name", "phone", "id_number")


async def keys_to_write(work: Work, master: MasterKey) -> TenantKeys:
    """The town's keys, made in a transaction of their own where the town has none yet."""
    keys = await keys_of(work.session, work.tenant_id, master=master)
    if keys is None:
        identity = structs.replace(work.identity, login=Login.IDENTITY)
        async with open_work(work.sessions, identity, frozenset(), work.now) as maker:
            keys = await keys_of(maker.session, work.tenant_id, master=master, make_at=work.now)
    assert keys is not None
    return keys


def seal(keys: TenantKeys, row: EnterprisePerson, facts: PersonFacts) -> None:
    """Write name, number and identity number into a row; None leaves what is there, an empty text takes it out."""
    if facts.name is not None:
        row.name, row.name_masked = _sealed(keys, row, "name", facts.name), masked_name(facts.name)
        row.name_index = blind_index(keys, name_key(facts.name))
    if facts.phone is not None:
        row.phone = _sealed(keys, row, "phone", facts.phone) if facts.phone else None
        row.phone_masked = masked(facts.phone)
        row.phone_index = blind_index(keys, facts.phone) if facts.phone else None
    if facts.id_number is not None:
        row.id_number = _sealed(keys, row, "id_number", facts.id_number) if facts.id_number else None
        row.id_number_masked = masked_id(facts.id_number) if facts.id_number else None
        row.id_number_index = blind_index(keys, facts.id_number) if facts.id_number else None


def opened(keys: TenantKeys, row: EnterprisePerson) -> dict[str, str | None]:
    """Name, number and identity number in full."""
    return {
        column: open_field(keys, sealed, tenant=row.tenant_id, table=row.__tablename__, column=column, row=row.id)
        if (sealed := getattr(row, column))
        else None
        for column in SEALED
    }


def indexes(keys: TenantKeys, typed: str) -> dict[str, bytes]:
    """What a name, a number or an identity number would be found by, by the column of its index."""
    found = {"name_index": blind_index(keys, name_key(typed)), "id_number_index": blind_index(keys, normalise(typed))}
    try:
        found["phone_index"] = blind_index(keys, normalise_phone(typed))
    except BadInput:
        return found
    return found


def _sealed(keys: TenantKeys, row: EnterprisePerson, column: str, text: str) -> bytes:
    return seal_field(keys, text, tenant=row.tenant_id, table=row.__tablename__, column=column, row=row.id)
