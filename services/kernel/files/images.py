"""Photos are drawn anew: what comes out is the picture and nothing that the camera or a stranger hid beside it."""

import struct
from io import BytesIO
from typing import Literal

from PIL import Image, ImageOps

from services.kernel.documents import FileDamaged, FileIsBomb

MAX_SIDE = 4096
MAX_PIXELS = 64_000_000
QUALITY = 88

Format = Literal["JPEG", "PNG", "WEBP"]


def redrawn(data: bytes, form: Format) -> bytes:
    """The picture in the same format, upright, at most 4096 pixels a side, without EXIF, comments or further frames.

    Raises FileIsBomb above 64 million pixels, FileDamaged for what is no whole picture.
    """
    try:
        with Image.open(BytesIO(data), formats=(form,)) as image:
            if image.width * image.height > MAX_PIXELS:
                raise _too_many_pixels()
            return _saved(_clean(image), form)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise _too_many_pixels() from error
    except (OSError, SyntaxError, ValueError, LookupError, ArithmeticError, TypeError, EOFError, struct.error) as error:
        # Pillow's readers raise any of these for broken bytes.
        raise FileDamaged("图片打不开，可能没有传完整：请重新拍照，或用画图等软件打开后另存，再上传") from error


def _clean(image: Image.Image) -> Image.Image:
    image.draft(None, (MAX_SIDE, MAX_SIDE))
    ImageOps.exif_transpose(image, in_place=True)
    picture = image.convert("RGBA" if image.has_transparency_data else "RGB")
    picture.thumbnail((MAX_SIDE, MAX_SIDE))
    picture.info.clear()
    return picture


def _saved(picture: Image.Image, form: Format) -> bytes:
    buffer = BytesIO()
    if form == "JPEG":
        picture.convert("RGB").save(buffer, form, quality=QUALITY, optimize=True)
    elif form == "WEBP":
        picture.save(buffer, form, quality=QUALITY)
    else:
        picture.save(buffer, form)
    return buffer.getvalue()


def _too_many_pixels() -> FileIsBomb:
    return FileIsBomb("图片超过 6400 万像素，为了安全没有打开：请把相机分辨率调低，或缩小图片后再上传")
