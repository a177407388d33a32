"""Pictures are kept as what is seen of them, and nothing else."""

import io

import pytest
from PIL import Image, PngImagePlugin
from skolemerke.applications import operations, pictures, queries
from support.applying import docx

PLACE = "safety_activities"
RED, BLUE = (200, 30, 30), (30, 30, 200)


def photo(size=(60, 40), kind="JPEG", mode="RGB", **how):
    """A picture whose left half is red and whose right half is blue."""
    picture = Image.new("RGB", size, RED)
    picture.paste(BLUE, (size[0] // 2, 0, size[0], size[1]))
    made = io.BytesIO()
    picture.convert(mode).save(made, kind, **how)
    return made.getvalue()


def kept(world, content, name):
    piece = operations.add_file(world.kari, world.start().id, PLACE, io.BytesIO(content), name)
    path, _row = queries.open_evidence(world.kari, piece.public_id)
    assert piece.size == path.stat().st_size
    return piece, path.read_bytes()


def colours(content):
    picture = Image.open(io.BytesIO(content)).convert("RGB")
    places = ((2, 2), (picture.width - 3, picture.height - 3))
    return ["red" if picture.getpixel(place)[0] > 120 else "blue" for place in places]


def test_where_and_with_what_a_photo_was_taken_is_not_kept(world):
    exif = Image.Exif()
    exif[0x010F], exif[0x9286] = "Telephone", "Taken at home"
    content = photo(exif=exif, comment=b"secret comment", icc_profile=b"profile" * 9)
    assert b"Telephone" in content
    piece, drawn = kept(world, content, "photo.jpg")
    assert (piece.name, piece.media_type, colours(drawn)) == ("photo.jpg", "image/jpeg", ["red", "blue"])
    opened = Image.open(io.BytesIO(drawn))
    assert (dict(opened.getexif()), opened.info.get("comment"), opened.info.get("icc_profile")) == ({}, None, None)


def test_a_photo_that_was_taken_sideways_stands_upright(world):
    exif = Image.Exif()
    exif[0x0112] = 6  # to be turned a quarter to the right
    _piece, drawn = kept(world, photo(exif=exif), "photo.jpeg")
    picture = Image.open(io.BytesIO(drawn))
    assert (picture.size, colours(drawn)) == ((40, 60), ["red", "blue"])


def test_the_words_in_a_png_are_not_kept_and_what_is_seen_through_it_is_white(world):
    words = PngImagePlugin.PngInfo()
    words.add_text("Author", "Kari <script>alert(1)</script>")
    clear = io.BytesIO()
    Image.new("RGBA", (20, 10), (0, 0, 0, 0)).save(clear, "PNG", pnginfo=words)
    _piece, drawn = kept(world, clear.getvalue(), "drawing.png")
    picture = Image.open(io.BytesIO(drawn))
    assert (picture.text, picture.convert("RGB").getpixel((5, 5))) == ({}, (255, 255, 255))


def test_a_large_photo_is_made_smaller(world, monkeypatch):
    monkeypatch.setattr(pictures, "LONGEST", 300)
    _piece, drawn = kept(world, photo((900, 600), quality=95), "photo.jpg")
    assert (Image.open(io.BytesIO(drawn)).size, colours(drawn)) == ((300, 200), ["red", "blue"])


@pytest.mark.parametrize(
    ("kind", "mode", "name"), [("JPEG", "L", "a.jpg"), ("JPEG", "CMYK", "b.jpg"), ("PNG", "P", "c.png")]
)
def test_every_way_of_keeping_colours_is_read(world, kind, mode, name):
    _piece, drawn = kept(world, photo(kind=kind, mode=mode), name)
    assert Image.open(io.BytesIO(drawn)).mode in {"RGB", "L"}


def test_a_document_behind_a_picture_does_not_get_in(world):
    with pytest.raises(operations.EvidenceRefused, match="The content of the file"):
        kept(world, photo() + docx(), "both.jpg")
    _piece, drawn = kept(world, photo() + b"<script>alert(1)</script>", "more.jpg")
    assert b"script" not in drawn


def test_without_drawing_it_anew_a_script_behind_a_picture_would_be_kept(world, monkeypatch):
    # The twin of the test above.
    monkeypatch.setattr("skolemerke.applications.storing.FORMATS", {})
    _piece, as_sent = kept(world, photo() + b"<script>alert(1)</script>", "more.jpg")
    assert b"script" in as_sent


def test_a_picture_that_takes_too_much_memory_is_refused_before_it_is_drawn(world, monkeypatch):
    monkeypatch.setattr(pictures, "MEMORY", 60 * 40 * 4 - 1)
    with pytest.raises(operations.EvidenceRefused, match="60 times 40 points"):
        kept(world, photo(), "photo.jpg")
    # In grey it takes half of that.
    assert kept(world, photo(mode="L"), "scan.jpg")[0].name == "scan.jpg"


def test_a_photo_of_a_telephone_is_read_at_a_fraction_of_its_size(world, monkeypatch):
    monkeypatch.setattr(pictures, "LONGEST", 300)
    monkeypatch.setattr(pictures, "MEMORY", 600 * 400 * 4)
    _piece, drawn = kept(world, photo((2400, 1600)), "photo.jpg")
    assert (Image.open(io.BytesIO(drawn)).size, colours(drawn)) == ((300, 200), ["red", "blue"])
    # What is stored in steps is unpacked whole.
    with pytest.raises(operations.EvidenceRefused, match="2400 times 1600 points"):
        kept(world, photo((2400, 1600), progressive=True), "steps.jpg")


def test_a_scan_in_black_and_white_and_one_of_sixteen_bits_keep_what_is_seen(world):
    for mode, level in (("1", 1), ("I;16", 65_535)):
        made = io.BytesIO()
        picture = Image.new(mode, (20, 10), 0)
        picture.paste(level, (10, 0, 20, 10))
        picture.save(made, "PNG")
        _piece, drawn = kept(world, made.getvalue(), "scan.png")
        seen = Image.open(io.BytesIO(drawn))
        assert (seen.mode, seen.getpixel((2, 5)), seen.getpixel((17, 5))) == ("L", 0, 255)
