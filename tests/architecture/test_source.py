"""What the source itself promises: one clock, one way to set the tenant, laws that need nobody, no foreign address on a page."""

import ast
import re
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SERVICES = ROOT / "services"
PYTHON = sorted(SERVICES.rglob("*.py"))
CLOCKS = {("datetime", "now"), ("datetime", "utcnow"), ("datetime", "today"), ("date", "today"), ("time", "time")}
FORBIDDEN_SQL = re.compile(
    r"\b(now\(\)|CURRENT_DATE|CURRENT_TIMESTAMP|LOCALTIME|set_config\(|SET SESSION|SECURITY DEFINER|DISABLE ROW LEVEL|CREATE TRIGGER)",
    re.IGNORECASE,
)


def calls(tree: ast.AST) -> Iterator[tuple[str, str]]:
    """Every `name.method()` in a file."""
    for node in ast.walk(tree):
        if (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Attribute)
            and isinstance(node.func.value, ast.Name)
        ):
            yield node.func.value.id, node.func.attr


def strings(tree: ast.AST) -> Iterator[str]:
    """Every text in a file that is not a docstring."""
    documents = {id(node.body[0].value) for node in ast.walk(tree) if _has_docstring(node)}  # type: ignore[attr-defined]
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in documents:
            yield node.value


def _has_docstring(node: ast.AST) -> bool:
    body = getattr(node, "body", None)
    return bool(
        isinstance(body, list) and body and isinstance(body[0], ast.Expr) and isinstance(body[0].value, ast.Constant)
    )


@pytest.mark.parametrize("file", PYTHON, ids=lambda file: str(file.relative_to(SERVICES)))
def test_only_the_clock_asks_what_time_it_is(file: Path) -> None:
    """Work.now is one instant per request; nobody else looks at a watch."""
    found = CLOCKS & set(calls(ast.parse(file.read_text("utf-8"))))
    assert not found or file.name == "clock.py"


@pytest.mark.parametrize("file", PYTHON, ids=lambda file: str(file.relative_to(SERVICES)))
def test_no_statement_looks_at_the_servers_clock_or_leaves_its_tenant(file: Path) -> None:
    """No now() in SQL, no session-level settings, no definers, no triggers; SET ROLE is for the migration alone."""
    for words in strings(ast.parse(file.read_text("utf-8"))):
        assert not FORBIDDEN_SQL.search(words), words
        assert "SET ROLE" not in words.upper().replace("SET LOCAL ROLE", "SET ROLE") or file.parent.name == "migrations"


@pytest.mark.parametrize("file", sorted((SERVICES / "regulation").rglob("*.py")), ids=lambda f: f.name)
def test_what_the_law_says_needs_the_standard_library_only(file: Path) -> None:
    """Anybody can read, run and check the rules alone."""
    for node in ast.walk(ast.parse(file.read_text("utf-8"))):
        names = [a.name for a in node.names] if isinstance(node, ast.Import) else []
        names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
        for name in names:
            assert name.split(".")[0] in sys.stdlib_module_names or name.startswith("services.regulation"), name


@pytest.mark.parametrize("file", sorted(SERVICES.rglob("*.html")), ids=lambda file: str(file.relative_to(SERVICES)))
def test_a_page_asks_nobody_else_for_anything(file: Path) -> None:
    """No foreign address, no inline script, style or handler: the content policy would stop them and the page would break."""
    words = file.read_text("utf-8")
    assert not re.search(r"(src|href|action)=[\"']?(https?:)?//", words)
    assert not re.search(r"<script(?![^>]*(type=\"(module|application/json)\"|src=))", words)
    assert not re.search(r"\s(style|on[a-z]+)=", words)
    assert "|safe" not in words.replace(" ", "")


def test_functions_stay_small() -> None:
    """Half of all functions have eight lines or fewer, nine tenths thirty, and none more than sixty."""
    sizes = sorted(
        node.end_lineno - node.lineno + 1  # type: ignore[operator]
        for file in PYTHON
        if file.parent.name != "versions"
        for node in ast.walk(ast.parse(file.read_text("utf-8")))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    )
    assert sizes[len(sizes) // 2] <= 9
    assert sizes[len(sizes) * 9 // 10] <= 30
    assert sizes[-1] <= 60


def test_no_lock_file_names_where_it_was_fetched() -> None:
    """Whoever builds this chooses the registry."""
    for file in (*ROOT.glob("requirements*.lock"), ROOT / "package-lock.json"):
        words = file.read_text("utf-8")
        assert '"resolved"' not in words
        assert "index-url" not in words
