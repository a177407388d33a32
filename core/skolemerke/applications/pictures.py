"""Pictures as they are kept: drawn anew from their points, upright, no larger than is needed to read them.

A photo of a telephone says where and when it was taken and by which device; a picture can hold hidden data, or a
program for whoever opens it carelessly. Drawing it anew keeps what is seen and nothing else.
"""

from __future__ import annotations

import io
import warnings
from pathlib import Path
from typing import TYPE_CHECKING

from skolemerke.applications.refusals import EvidenceRefused

if TYPE_CHECKING:
    from PIL import Image

LONGEST = 2400
"""So many points has the longer side of a kept picture at most: an A4 page stays readable to the small print."""

MAX_PIXELS = 60_000_000
"""Drawing one anew takes three bytes a point."""
FORMATS = {"image/jpeg": "JPEG", "image/png": "PNG"}


def _(message: str) -> str:
    """Mark a message for translation; it is translated where it is shown."""
    return message


def drawn_anew(path: Path, media_type: str) -> bytes:
    """A picture of that type drawn anew. Raises `EvidenceRefused` when it can't be drawn, or is too large to be."""
    from PIL import Image  # noqa: PLC0415 - large, and used where a picture comes in alone

    kind = FORMATS[media_type]
    try:
        with warnings.catch_warnings(), Image.open(path, formats=[kind]) as opened:
            # Pillow warns of oddities in files; whatever it can draw is good enough.
            warnings.simplefilter("ignore")
            _refuse_huge(opened)
            return _saved(_upright(opened), kind)
    except EvidenceRefused:
        raise
    # Pillow raises many kinds of errors for files that are cut, bent or made to do harm.
    except Exception as error:
        raise EvidenceRefused(
            _("The picture can't be opened: it may be damaged. Take it again, or save it anew as JPEG.")
        ) from error


def _refuse_huge(picture: Image.Image) -> None:
    width, height = picture.size
    if width * height > MAX_PIXELS:
        raise EvidenceRefused(
            _("The picture has %(width)s times %(height)s points: make it smaller."),
            width=str(width),
            height=str(height),
        )


def _upright(picture: Image.Image) -> Image.Image:
    from PIL import Image, ImageOps  # noqa: PLC0415 - the same

    # A JPEG is read at a fraction of its size where that is enough: less memory, less time.
    picture.draft(None, (LONGEST, LONGEST))
    turned = ImageOps.exif_transpose(picture)
    if turned.mode not in {"RGB", "L"}:
        turned = _on_white(turned)
    turned.thumbnail((LONGEST, LONGEST), Image.Resampling.LANCZOS)
    return turned


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
        bare.save(made, "PNG", optimize=True)
    return made.getvalue()
