"""What leaves compressed, and what does not."""

import gzip
import zlib

import pytest
from skolemerke.web import compressing
from support.installation import install, running
from support.public_site import visitor

TAKES = {"Accept-Encoding": "gzip, br"}


@pytest.fixture(scope="module")
def client(tmp_path_factory):
    with running(install(tmp_path_factory.mktemp("packed"))) as app:
        yield visitor(app)


def test_what_is_packed_comes_out_as_it_went_in():
    for data in (b"", b"a", b"words " * 10_000):
        assert gzip.decompress(compressing.packed(data)) == data
        assert gzip.decompress(compressing.packed(data, b"padding")) == data


def test_a_page_is_compressed_for_those_who_take_it_alone(client):
    plain, packed = client.get("/help"), client.get("/help", headers=TAKES)
    assert "Content-Encoding" not in plain.headers
    assert packed.headers["Content-Encoding"] == "gzip"
    assert "Accept-Encoding" in plain.vary
    assert "Accept-Encoding" in packed.vary
    assert "<h1>" in gzip.decompress(packed.data).decode()
    assert len(packed.data) == int(packed.headers["Content-Length"])
    assert len(packed.data) < len(plain.data) / 2


def test_an_error_is_compressed_too_and_keeps_its_headers(client):
    answer = client.get("/nowhere", headers=TAKES)
    assert (answer.status_code, answer.headers["Content-Encoding"]) == (404, "gzip")
    assert "default-src" in answer.headers["Content-Security-Policy"]


def test_the_length_of_a_page_tells_nothing(client):
    lengths = {len(compressing.packed(b"the same page", compressing._padding())) for _ in range(200)}
    assert len(lengths) > 20
    # Without the padding it would: that is the twin.
    assert len({len(compressing.packed(b"the same page")) for _ in range(200)}) == 1


def test_a_file_is_compressed_and_kept_for_a_year_under_the_address_that_names_its_content(client):
    address = client.get("/help").text.partition('rel="stylesheet" href="')[2].partition('"')[0]
    answer = client.get(address, headers=TAKES)
    assert answer.headers["Content-Encoding"] == "gzip"
    assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert zlib.decompress(answer.data, 31) == client.get(address).data
    again = client.get(address, headers={**TAKES, "If-None-Match": answer.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")


def test_a_list_that_is_sent_as_it_is_read_is_left_alone(client):
    answer = client.get("/labels.csv", headers=TAKES)
    assert answer.status_code == 200
    assert "Content-Encoding" not in answer.headers
