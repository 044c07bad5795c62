"""Keys and seals: personal data can be read only with the installation's keys, a reporter's name only by its keeper."""

from services.kernel.keys.fields import TenantKeys, blind_index, open_field, rewrap, seal_field, unwrap, wrap
from services.kernel.keys.master import KeyExposed, MasterKey, master_key
from services.kernel.keys.phones import normalise_phone
from services.kernel.keys.reporter import ReporterKey, new_reporter_key, open_for_reporter, seal_for_reporter
from services.kernel.keys.sealing import KeyMissing, SealBroken, WrongKey

__all__ = [
    "KeyExposed",
    "KeyMissing",
    "MasterKey",
    "ReporterKey",
    "SealBroken",
    "TenantKeys",
    "WrongKey",
    "blind_index",
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
]
