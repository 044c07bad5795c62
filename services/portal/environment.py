"""The one template environment: escaping on, missing names loud, macros at hand as `ui`."""

from pathlib import Path
from types import SimpleNamespace
from typing import Any

from jinja2 import BytecodeCache, Environment, FileSystemLoader, StrictUndefined

from services.portal.assets_manifest import asset
from services.portal.filters import FILTERS, GLOBALS

HERE = Path(__file__).parent


def template_environment(compiled: BytecodeCache | None = None) -> Environment:
    """Templates are found in `portal/templates` and beside their pages, as `hazards/list.html`; `compiled` keeps them."""
    environment = Environment(
        loader=FileSystemLoader([HERE / "templates", HERE]),
        bytecode_cache=compiled,
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update(FILTERS)
    environment.globals.update(GLOBALS, asset=asset)
    environment.globals["ui"] = macros(environment)
    return environment


def macros(environment: Environment) -> SimpleNamespace:
    """Every macro of `templates/macros`, under its own name."""
    found: dict[str, Any] = {}
    for file in sorted((HERE / "templates" / "macros").glob("*.html")):
        module = environment.get_template(f"macros/{file.name}").module
        found |= {name: value for name, value in vars(module).items() if not name.startswith("_")}
    return SimpleNamespace(**found)
