"""What every template and every built asset must keep to."""

import json
import re
from pathlib import Path

import pytest
from jinja2 import UndefinedError

from services.portal.assets_manifest import DIST, asset, manifest
from services.portal.environment import HERE, template_environment
from services.portal.forms import Form

ROOT = HERE.parents[1]
TEMPLATES = sorted(file for file in HERE.rglob("*.html") if "static" not in file.parts)
FORBIDDEN = {
    "a style attribute": re.compile(r"<[^>]*\sstyle\s*=", re.IGNORECASE),
    "an event attribute": re.compile(r"<[^>]*\son[a-z]+\s*=", re.IGNORECASE),
    "an htmx script": re.compile(r"hx-on|=[\"']js:|hx-vals=[\"']js", re.IGNORECASE),
    "an inline script": re.compile(r"<script(?![^>]*\b(?:src=|type=\"application/json\"))", re.IGNORECASE),
    "an inline style sheet": re.compile(r"<style", re.IGNORECASE),
    "a foreign address": re.compile(r"(?:src|href|action)\s*=\s*[\"'](?:https?:)?//", re.IGNORECASE),
}
FIRST_PAGE_BYTES = 63_000


@pytest.mark.parametrize("file", TEMPLATES, ids=lambda file: str(file.relative_to(HERE)))
def test_a_template_has_nothing_that_the_content_policy_forbids(file: Path) -> None:
    """The policy would silently drop it in the browser."""
    text = re.sub(r"\{#.*?#\}|\{%.*?%\}|\{\{.*?\}\}", "", file.read_text("utf-8"), flags=re.DOTALL)
    assert [what for what, pattern in FORBIDDEN.items() if pattern.search(text)] == []


def test_styles_and_scripts_of_a_first_page_stay_small() -> None:
    """An old office line must carry them: at most 63 KB, packed, charts apart."""
    packed = sum((DIST / f"{manifest()[name]}.gz").stat().st_size for name in ("app.css", "app.js"))
    assert 10_000 < packed <= FIRST_PAGE_BYTES


@pytest.mark.parametrize("feature", [r"color-mix\(", r"oklch\(", r":has\(", r"@container", r"@layer", r"&\s*[.:>]"])
def test_style_sheets_use_nothing_that_old_browsers_lack(feature: str) -> None:
    """Chromium 90 on Windows 7 would drop the whole rule."""
    text = (DIST / manifest()["app.css"]).read_text("utf-8")
    assert not re.search(feature, text)


def test_lock_files_name_no_download_address() -> None:
    """The same lock serves behind any mirror."""
    lock = json.loads((ROOT / "package-lock.json").read_text("utf-8"))
    assert [name for name, package in lock["packages"].items() if "resolved" in package] == []


def test_what_a_person_typed_cannot_become_markup() -> None:
    """Values, errors and chart data are all escaped."""
    environment = template_environment()
    evil = "<script>alert(1)</script>"
    form = Form({"name": evil}, {"name": evil})
    page = "{{ ui.field(form, 'name', evil) }}{{ ui.chart('c', {'labels': [evil], 'series': []}, evil) }}{{ ui.timeline([{'at': '', 'who': evil, 'what': evil}]) }}"
    html = environment.from_string(page).render(form=form, evil=evil)
    assert evil not in html
    assert "&lt;script&gt;" in html


def test_a_missing_name_is_loud() -> None:
    """A blank place on an official page would be worse than an error in the tests."""
    with pytest.raises(UndefinedError):
        template_environment().from_string("{{ nobody }}").render()
    with pytest.raises(KeyError):
        asset("nothing.css")


def test_a_form_with_errors_answers_422() -> None:
    """The page swaps what comes back with 422, and nothing else that failed."""
    assert (Form().status, Form({}, {"name": "请填写"}).status) == (200, 422)
