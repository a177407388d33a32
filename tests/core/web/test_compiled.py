"""What was compiled is kept for the next page."""

from skolemerke.web import compiled
from support.applicants import scene


def test_a_section_is_compiled_once_for_each_language(tmp_path, monkeypatch):
    log = []
    draw = compiled.draw_section

    def noted(form, section, language, **more):
        log.append((section.id, language))
        return draw(form, section, language, **more)

    monkeypatch.setattr(compiled, "draw_section", noted)
    with scene(tmp_path) as here:
        address = f"/applications/{here.begun().public_id}/esafety"
        for language in ("en", "nb", "en", "nb"):
            assert here.client(here.kari, language).get(address).status_code == 200
    assert log == [("esafety", "en"), ("esafety", "nb")]
