"""Keys and seals: personal data can be read only with the installation's keys, a reporter's name only by its keeper."""

from services.kernel.keys.fields import (
    TenantKeys,
    blind_index,
    open_field,
    rewrap,
    seal_field,
    unwrap,
    wrap,
    wrapped_by,
)
from services.kernel.keys.master import KeyExposed, MasterKey, master_key
from services.kernel.keys.phones import normalise_phone
from services.kernel.keys.replacing import CannotReplace, alone, earlier, enable, following, keep_old, make_following
from services.kernel.keys.reporter import ReporterKey, new_reporter_key, open_for_reporter, seal_for_reporter
from services.kernel.keys.sealing import KeyMissing, SealBroken, WrongKey

__all__ = [
    "CannotReplace",
    "KeyExposed",
    "KeyMissing",
    "MasterKey",
    "ReporterKey",
    "SealBroken",
    "TenantKeys",
    "WrongKey",
    "alone",
    "blind_index",
    "earlier",
    "enable",
    "following",
    "keep_old",
    "make_following",
    "master_key",
    "new_reporter_key",
    "normalise_phone",
    "open_field",
    "open_for_reporter",
    "rewrap",
    "seal_field",
    "seal_for_reporter",
    "unwrap",
    "wrap",
    "wrapped_by",
]
