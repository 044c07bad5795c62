"""Why a file is not taken: each reason has a name, and a sentence that says what to do."""

from services.kernel.refusals import Refusal


class FileRefused(Refusal):
    """A file was not taken, and nothing of it was kept."""

    status = 422


class FileTooLarge(FileRefused):
    """A file has more bytes than the office accepts."""

    status = 413


class FileEmpty(FileRefused):
    """A file has no bytes, or only blanks."""


class FileKindRefused(FileRefused):
    """A file is of a kind that is not on the list."""

    status = 415


class WrongExtension(FileRefused):
    """A file's name says one kind and its content another."""

    status = 415


class FileDamaged(FileRefused):
    """A file cannot be opened as what it is."""


class FileLocked(FileRefused):
    """A file opens only with a password."""


class FileHasMacros(FileRefused):
    """An office file carries programs."""


class FileCallsOut(FileRefused):
    """An office file would fetch parts of itself from another computer when it is opened."""


class FileIsBomb(FileRefused):
    """A file unpacks to far more than its size."""


class NoTextInside(FileRefused):
    """A document holds pictures or nothing, but no words."""


class TextNotReadable(FileRefused):
    """The bytes of a text are in no encoding that can be told."""
