"""What went wrong, said without any value of any row: errors of the database repeat what they were given."""

import traceback

OURS = "/services/"


class NoSuchJob(Exception):  # noqa: N818 - a fact about the row
    """The row names a job that this program does not know: it was renamed, or belongs to another version."""


def where(error: BaseException) -> str:
    """The kind of an error and the last line of ours that it passed."""
    ours = [frame for frame in traceback.extract_tb(error.__traceback__) if OURS in frame.filename]
    if not ours:
        return type(error).__name__
    file = ours[-1].filename.rpartition(OURS)[2]
    return f"{type(error).__name__} at {file}:{ours[-1].lineno} in {ours[-1].name}"
