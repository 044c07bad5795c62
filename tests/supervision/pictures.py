"""Small files for tests."""

from io import BytesIO

from PIL import Image


def a_photo() -> bytes:
    """A JPEG of 800 by 600."""
    buffer = BytesIO()
    Image.effect_noise((800, 600), 40).convert("RGB").save(buffer, "JPEG")
    return buffer.getvalue()
