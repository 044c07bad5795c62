"""Which Chromium runs the tests: the system's, else the one that npm brought."""

import io
import os
import shutil
import tarfile
from dataclasses import dataclass
from pathlib import Path

import brotli

from tests.browser.harness.fonts import font_environment
from tests.browser.harness.unpacking import once, package, version_of

NPM = "@sparticuz/chromium"
SYSTEM = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome")
QUIET = (
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--hide-scrollbars",
    "--lang=zh-CN",
)


@dataclass(frozen=True, slots=True)
class Chromium:
    """A browser that can be started, with the environment it needs."""

    path: Path
    origin: str
    environment: dict[str, str]

    def launching(self) -> dict[str, object]:
        """Arguments for Playwright's `chromium.launch`."""
        return {
            "executable_path": str(self.path),
            "args": list(QUIET),
            "env": os.environ | self.environment,
            "ignore_default_args": ["--headless", "--headless=old"],
        }


def chromium() -> Chromium:
    """The browser of this machine; `ANZHEN_CHROMIUM` names another (an old one, to see what old offices see)."""
    fonts = font_environment()
    if named := os.environ.get("ANZHEN_CHROMIUM"):
        return Chromium(Path(named), "ANZHEN_CHROMIUM", fonts)
    for name in SYSTEM:
        if found := shutil.which(name):
            return Chromium(Path(found), "system", fonts)
    folder = once(f"chromium-{version_of(NPM)}", _unpack)
    libraries = ":".join(filter(None, (str(folder / "lib"), os.environ.get("LD_LIBRARY_PATH"))))
    return Chromium(folder / "chromium", f"npm {NPM} {version_of(NPM)}", fonts | {"LD_LIBRARY_PATH": libraries})


def _unpack(folder: Path) -> None:
    packed = package(NPM) / "bin"
    _inflate(packed / "chromium.br", folder / "chromium")
    (folder / "chromium").chmod(0o755)
    for archive in ("al2023.tar.br", "swiftshader.tar.br"):
        with tarfile.open(fileobj=io.BytesIO(brotli.decompress((packed / archive).read_bytes()))) as tar:
            tar.extractall(folder, filter="data")


def _inflate(source: Path, target: Path) -> None:
    decompressor = brotli.Decompressor()
    with source.open("rb") as packed, target.open("wb") as plain:
        while chunk := packed.read(1 << 20):
            plain.write(decompressor.process(chunk))
