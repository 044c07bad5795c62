"""The cipher that every sealed value shares, and what is said when a value does not open."""

import secrets

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from services.kernel.refusals import BadInput, Refusal

KEY_BYTES = 32
NONCE_BYTES = 12
FORMAT = b"\x01"
"""The first byte of what is sealed, so that a later form can be told apart."""


class KeyMissing(Refusal):
    """A key that is needed to read personal data is not where it should be, or is not a key."""

    status = 503


class WrongKey(Refusal):
    """The data was sealed by another key than the one at hand."""

    status = 503


class SealBroken(Refusal):
    """A sealed value was changed, or was moved from another row."""

    status = 500


def encrypt(key: bytes, plaintext: bytes, bound_to: bytes) -> bytes:
    """The nonce and the AES-256-GCM ciphertext, which opens only together with what it is bound to."""
    nonce = secrets.token_bytes(NONCE_BYTES)
    return nonce + AESGCM(key).encrypt(nonce, plaintext, bound_to)


def decrypt(key: bytes, sealed: bytes, bound_to: bytes) -> bytes:
    """What was encrypted; raises SealBroken when a byte of it, or what it is bound to, is another."""
    try:
        return AESGCM(key).decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], bound_to)
    except (InvalidTag, ValueError) as error:
        raise SealBroken(
            "这项加密信息被改动过，或不属于这条记录，打不开：请联系系统管理员查审计记录，并从备份恢复"
        ) from error


def bound(label: str, *parts: bytes) -> bytes:
    """The words that a ciphertext is bound to; each part after its length, so that no two places are spelled alike."""
    return b"".join(len(part).to_bytes(4) + part for part in (f"anzhen/{label}/v1".encode(), *parts))


def utf8(text: str) -> bytes:
    """The bytes of a text; raises BadInput for half a character."""
    try:
        return text.encode()
    except UnicodeEncodeError as error:
        raise BadInput("文字里有不完整的字符，请删掉后重新输入") from error
