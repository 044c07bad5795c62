"""Who reported a hazard is sealed to a key that no server holds."""

import base64
import binascii
import hashlib
import hmac
import re
from dataclasses import dataclass, field

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from services.kernel.keys.sealing import FORMAT, KEY_BYTES, KeyMissing, SealBroken, decrypt, encrypt


@dataclass(frozen=True, slots=True)
class ReporterKey:
    """Letters and digits in groups, fit for paper; `public` goes into the database, `private` into a safe."""

    public: str
    private: str = field(repr=False)


def new_reporter_key() -> ReporterKey:
    """A key pair whose private part is shown to its keeper once and stays on no server."""
    private = X25519PrivateKey.generate()
    public = private.public_key().public_bytes_raw()
    return ReporterKey(_spell(b"public", public), _spell(b"private", private.private_bytes_raw()))


def seal_for_reporter(public: str, plaintext: bytes) -> bytes:
    """A reporter's identity as it is stored: X25519, HKDF and AES-256-GCM, so that no server can open it again.

    Raises KeyMissing where `public` is no public key.
    """
    recipient, once = _read_spelling(b"public", public), X25519PrivateKey.generate()
    head = FORMAT + once.public_key().public_bytes_raw()
    shared = once.exchange(X25519PublicKey.from_public_bytes(recipient))
    return head + encrypt(_box_key(shared, head, recipient), plaintext, head + recipient)


def open_for_reporter(private: str, sealed: bytes) -> bytes:
    """A reporter's identity, opened by the keeper of the private key; raises KeyMissing and SealBroken."""
    keeper = X25519PrivateKey.from_private_bytes(_read_spelling(b"private", private))
    recipient = keeper.public_key().public_bytes_raw()
    head, rest = sealed[: 1 + KEY_BYTES], sealed[1 + KEY_BYTES :]
    try:
        shared = keeper.exchange(X25519PublicKey.from_public_bytes(head[1:]))
    except ValueError as error:
        raise SealBroken("举报人信息已损坏，打不开：请从备份恢复后再试") from error
    return decrypt(_box_key(shared, head, recipient), rest, head + recipient)


def _box_key(shared: bytes, head: bytes, recipient: bytes) -> bytes:
    return HKDF(SHA256(), KEY_BYTES, salt=head + recipient, info=b"anzhen/reporter/v1").derive(shared)


def _check(kind: bytes, raw: bytes) -> bytes:
    return hashlib.sha256(b"anzhen/reporter/" + kind + raw).digest()[:4]


def _spell(kind: bytes, raw: bytes) -> str:
    letters = base64.b32encode(raw + _check(kind, raw)).decode().rstrip("=")
    return "-".join(letters[i : i + 5] for i in range(0, len(letters), 5))


def _read_spelling(kind: bytes, text: str) -> bytes:
    # 0, 1 and 8 are no letters of base32: whoever typed them from paper meant O, I and B.
    letters = re.sub(r"[^A-Z2-7]", "", text.upper().translate(str.maketrans("018", "OIB")))
    try:
        spelled = base64.b32decode(letters + "=" * (-len(letters) % 8))
    except binascii.Error:
        spelled = b""
    raw, check = spelled[:KEY_BYTES], spelled[KEY_BYTES:]
    if len(raw) != KEY_BYTES or not hmac.compare_digest(check, _check(kind, raw)):
        raise KeyMissing("举报人身份密钥抄写有误，请逐组核对后重新输入")
    return raw
