"""Pictures as they are kept: drawn anew from their points, upright, no larger than is needed to read them.

A photo of a telephone says where and when it was taken and by which device; a picture can hold hidden data, or a
program for whoever opens it carelessly. Drawing it anew keeps what is seen and nothing else.
"""

from __future__ import annotations

import io
import threading
import warnings
from pathlib import Path
from typing import TYPE_CHECKING

from skolemerke.applications.refusals import EvidenceRefused
from skolemerke.speech import marked as _

if TYPE_CHECKING:
    from PIL import Image

LONGEST = 2400
"""So many points has the longer side of a kept picture at most: an A4 page stays readable to the small print."""

MEMORY = 90_000_000
"""So many bytes may the points of a picture take while it is drawn: 22 million of a drawing, 45 of a scan in grey; a
photo in JPEG is read at a fraction of its size."""

COST = {"1": 2, "L": 2, "RGB": 4, "CMYK": 4, "YCbCr": 4, "P": 5, "LA": 8, "RGBA": 8}
"""How many bytes a point takes, by how its colour is kept, with the copies that are made on the way."""

ANY_OTHER, IN_STEPS = 10, 6
"""The same for any other way, and for a JPEG that is stored in steps (progressive), which is unpacked whole."""

MAX_STATED = 250_000_000
"""So many points has any other JPEG at most; it is read at a fraction of its size. Telephones make 200 million."""

PLAIN = {"RGB", "L"}
SMOOTH = {*PLAIN, "RGBA", "LA", "CMYK", "YCbCr"}
"""How colours are kept in a picture that can be made smaller as it is."""

FORMATS = {"image/jpeg": "JPEG", "image/png": "PNG"}

_turn = threading.Lock()


def drawn_anew(path: Path, media_type: str) -> bytes:
    """A picture of that type drawn anew. Raises `EvidenceRefused` when it can't be drawn, or is too large to be."""
    from PIL.JpegImagePlugin import JpegImageFile  # noqa: PLC0415 - large, and used where a picture comes in alone
    from PIL.PngImagePlugin import PngImageFile  # noqa: PLC0415 - the same

    # Asked for by name: `Image.open` would try others, and has limits of its own.
    kind = FORMATS[media_type]
    read = {"JPEG": JpegImageFile, "PNG": PngImageFile}[kind]
    try:
        # One at a time, so that the memory which drawing takes does not grow with the number of those who send.
        with _turn, warnings.catch_warnings(), read(path) as opened:
            # Pillow warns of oddities in files; whatever it can draw is good enough.
            warnings.simplefilter("ignore")
            return _saved(_drawn(opened), kind)
    except EvidenceRefused:
        raise
    # Pillow raises many kinds of errors for files that are cut, bent or made to do harm.
    except Exception as error:
        raise EvidenceRefused(
            _("The picture can't be opened: it may be damaged. Take it again, or save it anew as JPEG.")
        ) from error


def _drawn(picture: Image.Image) -> Image.Image:
    """A picture no larger than is needed, upright, and with nothing that can be seen through."""
    from PIL import Image, ImageOps  # noqa: PLC0415 - the same

    width, height = picture.size
    points = width * height
    # A JPEG is read at a fraction of its size where that is enough: less memory, less time.
    picture.draft(None, (LONGEST, LONGEST))
    taken = picture.width * picture.height * COST.get(picture.mode, ANY_OTHER)
    if "progressive" in picture.info:
        taken = max(taken, points * IN_STEPS)
    if points > MAX_STATED or taken > MEMORY:
        raise EvidenceRefused(
            _("The picture has %(width)s times %(height)s points: make it smaller."),
            width=str(width),
            height=str(height),
        )
    if picture.mode == "1":
        picture = picture.convert("L")
    elif picture.mode.startswith("I"):
        # Sixteen bits of grey.
        picture = picture.convert("I").point(lambda level: level / 256).convert("L")
    if picture.mode not in SMOOTH:
        picture = _on_white(picture)
    picture.thumbnail((LONGEST, LONGEST), Image.Resampling.LANCZOS)
    turned = ImageOps.exif_transpose(picture)
    return turned if turned.mode in PLAIN else _on_white(turned)


def _on_white(picture: Image.Image) -> Image.Image:
    from PIL import Image  # noqa: PLC0415 - the same

    if "A" not in picture.getbands() and "transparency" not in picture.info:
        return picture.convert("RGB")
    seen = picture.convert("RGBA")
    white = Image.new("RGB", seen.size, "white")
    white.paste(seen, mask=seen.getchannel("A"))
    return white


def _saved(picture: Image.Image, kind: str) -> bytes:
    from PIL import Image  # noqa: PLC0415 - the same

    # A new picture has nothing of the old one but its points.
    bare = Image.new(picture.mode, picture.size)
    bare.paste(picture)
    made = io.BytesIO()
    if kind == "JPEG":
        bare.save(made, "JPEG", quality=85, optimize=True)
    else:
        bare.save(made, "PNG")
    return made.getvalue()
