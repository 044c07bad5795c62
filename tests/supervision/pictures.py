"""Small files for tests."""

from io import BytesIO

from PIL import Image


def a_photo(colour: str = "orange") -> bytes:
    """A JPEG of 800 by 600."""
    buffer = BytesIO()
    Image.new("RGB", (800, 600), colour).save(buffer, "JPEG")
    return buffer.getvalue()
