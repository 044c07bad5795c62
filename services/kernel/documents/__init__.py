"""Paper: what office files say, and ledgers to carry away."""

from services.kernel.documents.blanks import BlankColumn, write_blank
from services.kernel.documents.kinds import MAX_BYTES, Kind, kind_of, require_size
from services.kernel.documents.ledger import Column, LedgerTooLong, write_ledger
from services.kernel.documents.notice import NoticeText, read_notice
from services.kernel.documents.packages import Package, PackageKind, old_office_file, open_package
from services.kernel.documents.plain_text import decode_text
from services.kernel.documents.refused import (
    FileCallsOut,
    FileDamaged,
    FileEmpty,
    FileHasMacros,
    FileIsBomb,
    FileKindRefused,
    FileLocked,
    FileRefused,
    FileTooLarge,
    NoTextInside,
    TextNotReadable,
    WrongExtension,
)
from services.kernel.documents.sheets import SheetTooLong, open_sheet, read_sheet, rows_about, sheet_rows

__all__ = [
    "MAX_BYTES",
    "BlankColumn",
    "Column",
    "FileCallsOut",
    "FileDamaged",
    "FileEmpty",
    "FileHasMacros",
    "FileIsBomb",
    "FileKindRefused",
    "FileLocked",
    "FileRefused",
    "FileTooLarge",
    "Kind",
    "LedgerTooLong",
    "NoTextInside",
    "NoticeText",
    "Package",
    "PackageKind",
    "SheetTooLong",
    "TextNotReadable",
    "WrongExtension",
    "decode_text",
    "kind_of",
    "old_office_file",
    "open_package",
    "open_sheet",
    "read_notice",
    "read_sheet",
    "require_size",
    "rows_about",
    "sheet_rows",
    "write_blank",
    "write_ledger",
]
