"""Backups: one file with the database and the attachments, which proves its own content and holds no key."""

from services.kernel.backups.archive import Archive, BackupDamaged, writing
from services.kernel.backups.dumps import ToolFailed, dump, load, rows_in
from services.kernel.backups.figures import BackupBlind, Figures, figures, require_sight
from services.kernel.backups.manifest import Kept, Manifest, NotThisKey, seal

__all__ = [
    "Archive",
    "BackupBlind",
    "BackupDamaged",
    "Figures",
    "Kept",
    "Manifest",
    "NotThisKey",
    "ToolFailed",
    "dump",
    "figures",
    "load",
    "require_sight",
    "rows_in",
    "seal",
    "writing",
]
