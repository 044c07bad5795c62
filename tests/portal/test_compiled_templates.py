"""Compiled templates: kept in the home, believed only from a folder of ours, and never in the way of a page."""

import os
from pathlib import Path

import pytest

from services.portal.compiled_templates import kept_in
from services.portal.environment import template_environment

PAGE = "signing_in/sign_in.html"


def source_of(home: Path) -> str:
    """The macros and a page as a process that starts takes them; tells what the page's code was read from."""
    environment = template_environment(kept_in(home))
    return str(environment.get_template(PAGE).root_render_func.__code__.co_filename)


def files_in(home: Path) -> set[Path]:
    """Every kept file."""
    return set((home / "cache").rglob("*.cache"))


def test_the_second_process_compiles_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What the first has compiled the second reads: its compiler may be missing."""
    source_of(tmp_path)
    assert files_in(tmp_path)
    monkeypatch.delattr("jinja2.environment.Environment._compile")
    assert source_of(tmp_path).endswith("sign_in.html")
    with pytest.raises(AttributeError):
        template_environment().get_template(PAGE)


def test_nobody_else_enters_the_folder(tmp_path: Path) -> None:
    """The folders are open to us alone, whatever the process's mask; one that others can write to is not used."""
    before = os.umask(0)
    try:
        assert kept_in(tmp_path) is not None
    finally:
        os.umask(before)
    folders = [tmp_path / "cache", *(path for path in (tmp_path / "cache").rglob("*") if path.is_dir())]
    assert [oct(folder.stat().st_mode & 0o777) for folder in folders] == ["0o700"] * 3
    for folder in folders:
        folder.chmod(0o770)
        assert kept_in(tmp_path) is None
        folder.chmod(0o700)
        assert kept_in(tmp_path) is not None


def test_a_link_to_somewhere_else_is_not_followed(tmp_path: Path) -> None:
    """A folder that stands for another one is not ours."""
    (tmp_path / "elsewhere").mkdir(mode=0o700)
    (tmp_path / "cache").symlink_to(tmp_path / "elsewhere")
    assert kept_in(tmp_path) is None


def test_without_a_folder_the_pages_are_compiled(tmp_path: Path) -> None:
    """Where the folder cannot be made there is none, and the page is there all the same."""
    (tmp_path / "cache").write_text("not a folder", encoding="utf-8")
    assert kept_in(tmp_path) is None
    assert source_of(tmp_path).endswith("sign_in.html")
    assert kept_in(tmp_path / "missing" / "home") is None


@pytest.mark.parametrize("damage", [b"", b"nonsense", 0.5, 14], ids=["empty", "foreign", "cut in half", "cut early"])
def test_a_damaged_file_costs_a_compilation(tmp_path: Path, damage: bytes | float) -> None:
    """Half a file, none or something else is made anew."""
    source_of(tmp_path)
    sizes = {file: file.stat().st_size for file in files_in(tmp_path)}
    for file in files_in(tmp_path):
        whole = file.read_bytes()
        cut = damage if isinstance(damage, int) else int(len(whole) * damage) if isinstance(damage, float) else 0
        file.write_bytes(damage if isinstance(damage, bytes) else whole[:cut])
    source_of(tmp_path)
    assert {file: file.stat().st_size for file in files_in(tmp_path)} == sizes


def test_a_folder_that_vanishes_takes_no_page_with_it(tmp_path: Path) -> None:
    """The disk is full, or somebody tidies the home while the town runs: pages are compiled as they come."""
    compiled = kept_in(tmp_path)
    environment = template_environment(compiled)
    (tmp_path / "cache").rename(tmp_path / "away")
    assert environment.get_template(PAGE)


def test_what_another_release_compiled_is_removed(tmp_path: Path) -> None:
    """A new release has its own folder and leaves none behind."""
    former = tmp_path / "cache" / "templates" / "0123456789abcdef"
    assert kept_in(tmp_path)
    former.mkdir()
    (former / "old.cache").write_bytes(b"old")
    assert kept_in(tmp_path)
    assert not former.exists()
