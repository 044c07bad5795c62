"""The town's office lets another system in, gives it a new secret, or shuts it out.

The office does it, because the data are the town's and it answers for them; the security administrator holds no right
over business and so cannot hand out a key to it, but sees every key of the deployment and can withdraw any (三员分立).
"""

import hashlib
import secrets
from collections.abc import Sequence
from ipaddress import ip_network
from uuid import UUID

import msgspec
from sqlalchemy import delete, select

from services.kernel.refusals import BadInput, Stale
from services.kernel.wording import tidy
from services.kernel.work import Work
from services.tenancy.clients.models import ApiClient, ApiToken
from services.tenancy.clients.refusals import ClientEnded
from services.tenancy.policy.scopes import scopes

LONGEST_NAME, LONGEST_PURPOSE, MOST_ADDRESSES = 30, 200, 20


class ClientFacts(msgspec.Struct, frozen=True, kw_only=True):
    """What the office writes about a system: `addresses` are networks, such as 10.1.2.0/24, or single addresses."""

    name: str
    purpose: str
    scopes: Sequence[str] = ()
    addresses: Sequence[str] = ()


class Issued(msgspec.Struct, frozen=True):
    """A system and its secret, which is shown once."""

    client: ApiClient
    secret: str


def secret_hash(secret: str) -> bytes:
    """What the table keeps of a secret or a token: both are 256 random bits, so that no slow hash is needed."""
    return hashlib.sha256(secret.encode(errors="surrogatepass")).digest()


async def make(work: Work, facts: ClientFacts) -> Issued:
    """Let a system in. Needs the identity login; raises BadInput."""
    work.require("client:manage")
    facts = await _checked(work, facts)
    secret = _new_secret()
    client = work.add(
        ApiClient(
            tenant_id=work.tenant_id,
            name=facts.name,
            purpose=facts.purpose,
            scopes=list(facts.scopes),
            addresses=list(facts.addresses),
            secret_hash=secret_hash(secret),
            secret_set_at=work.now,
            created_at=work.now,
            created_by=work.identity.person,
        )
    )
    await work.flush()
    work.record("client:let_in", client, name=client.name, scopes=client.scopes, addresses=client.addresses)
    return Issued(client, secret)


async def change(work: Work, client_id: UUID, facts: ClientFacts, *, version: int) -> ApiClient:
    """Allow it more or less from its next request on. Raises NotFound, BadInput, ClientEnded and Stale."""
    client = await _own(work, client_id)
    if client.version != version:
        raise Stale
    facts = await _checked(work, facts, but=client.id)
    before = {"scopes": client.scopes, "addresses": client.addresses}
    client.name, client.purpose = facts.name, facts.purpose
    client.scopes, client.addresses = list(facts.scopes), list(facts.addresses)
    work.record("client:changed", client, name=client.name, before=before, scopes=client.scopes, now=client.addresses)
    return client


async def rotate(work: Work, client_id: UUID) -> Issued:
    """A new secret; the old one and every token got with it are worth nothing from now on."""
    client = await _own(work, client_id)
    secret = _new_secret()
    client.secret_hash, client.secret_set_at = secret_hash(secret), work.now
    await _end_tokens(work, client)
    work.record("client:secret_changed", client, name=client.name)
    return Issued(client, secret)


async def revoke(work: Work, client_id: UUID) -> ApiClient:
    """Shut a system out at once, by its town or, inside that town, by the security administrator. Raises NotFound and ClientEnded."""
    client = await _own(work, client_id, "client:stop" if work.may("client:stop") else "client:manage")
    client.state, client.ended_at, client.ended_by = "revoked", work.now, work.identity.person
    await _end_tokens(work, client)
    work.record("client:shut_out", client, name=client.name)
    return client


async def _own(work: Work, client_id: UUID, right: str = "client:manage") -> ApiClient:
    work.require(right)
    query = select(ApiClient).where(ApiClient.id == client_id, ApiClient.tenant_id == work.tenant_id)
    client = await work.one(query.with_for_update())
    if client.state != "active":
        raise ClientEnded
    return client


async def _end_tokens(work: Work, client: ApiClient) -> None:
    await work.session.execute(delete(ApiToken).where(ApiToken.client_id == client.id))


async def _checked(work: Work, facts: ClientFacts, but: UUID | None = None) -> ClientFacts:
    name, purpose = tidy(facts.name), tidy(facts.purpose)
    wanted = tuple(scope for scope in scopes() if scope in set(facts.scopes))
    wrong: dict[str, str] = {}
    if not name or len(name) > LONGEST_NAME:
        wrong["name"] = f"请填写系统名称，最多 {LONGEST_NAME} 个字"
    elif await _is_taken(work, name, but):
        wrong["name"] = "本镇已有同名的系统，请换一个名称"
    if not purpose or len(purpose) > LONGEST_PURPOSE:
        wrong["purpose"] = f"请写明用途和对方联系人，最多 {LONGEST_PURPOSE} 个字"
    if not wanted:
        wrong["scopes"] = "请至少选择一项授权范围"
    networks = _networks(facts.addresses, wrong)
    if wrong:
        raise BadInput(fields=wrong)
    return ClientFacts(name=name, purpose=purpose, scopes=wanted, addresses=networks)


async def _is_taken(work: Work, name: str, but: UUID | None) -> bool:
    query = select(ApiClient.id).where(
        ApiClient.tenant_id == work.tenant_id, ApiClient.name == name, ApiClient.state == "active"
    )
    return await work.first(query.where(ApiClient.id != but) if but else query) is not None


def _networks(typed: Sequence[str], wrong: dict[str, str]) -> tuple[str, ...]:
    found = list[str]()
    for words in typed:
        try:
            found.append(str(ip_network(words.strip(), strict=False)))
        except ValueError:
            wrong["addresses"] = f"“{words.strip()[:40]}”不是 IP 地址或网段，请写成 10.1.2.3 或 10.1.2.0/24，一行一个"
    if len(found) > MOST_ADDRESSES:
        wrong["addresses"] = f"最多写 {MOST_ADDRESSES} 个地址或网段"
    return tuple(dict.fromkeys(found))


def _new_secret() -> str:
    """The beginning lets a scanner of leaked secrets tell what it has found."""
    return f"anzhen_secret_{secrets.token_urlsafe(32)}"
