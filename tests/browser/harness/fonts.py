"""Chinese letters for the browser: the system's, else made from the npm font.

Without them every Chinese word is drawn as nothing, and a test that only looks for errors still passes.
"""

import shutil
import subprocess
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

from fontTools.merge import Merger, Options
from fontTools.ttLib import TTFont

from tests.browser.harness.unpacking import once, package, version_of

NPM = "@fontsource/noto-sans-sc"
WEIGHTS = {400: "Regular", 700: "Bold"}
NOT_MERGED = ["GSUB", "GPOS", "GDEF", "BASE", "STAT", "VORG", "vhea", "vmtx", "gasp", "prep"]
CONFIGURATION = """<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "urn:fontconfig:fonts.dtd">
<fontconfig><dir prefix="relative">.</dir><dir>/usr/share/fonts</dir><cachedir prefix="xdg">fontconfig</cachedir>
<match target="pattern"><edit name="family" mode="append_last"><string>Noto Sans SC</string></edit></match></fontconfig>
"""


def font_environment() -> dict[str, str]:
    """What the browser's environment must say so that it finds Chinese letters; nothing where the system has them."""
    return {} if _system_has_chinese() else {"FONTCONFIG_FILE": str(made_fonts() / "fonts.conf")}


def made_fonts() -> Path:
    """The folder of the two .ttf files made from the npm font; 13,000 characters each."""
    return once(f"noto-sans-sc-{version_of(NPM)}", _make)


def _system_has_chinese() -> bool:
    listing = shutil.which("fc-list")
    return bool(listing and subprocess.run([listing, ":lang=zh-cn"], capture_output=True, check=True).stdout.strip())


def _make(folder: Path) -> None:
    with ProcessPoolExecutor(len(WEIGHTS)) as pool:
        list(pool.map(_merge, WEIGHTS, [folder] * len(WEIGHTS)))
    (folder / "fonts.conf").write_text(CONFIGURATION, "utf-8")


def _merge(weight: int, folder: Path) -> None:
    files = package(NPM) / "files"
    parts = [*sorted(files.glob(f"noto-sans-sc-[0-9]*-{weight}-normal.woff2"))]
    parts.append(files / f"noto-sans-sc-latin-{weight}-normal.woff2")
    options = Options()
    options.drop_tables = NOT_MERGED
    font = Merger(options=options).merge([str(part) for part in parts])
    _name(font, WEIGHTS[weight])
    font["OS/2"].usWeightClass = weight
    font["OS/2"].fsSelection = 0x20 if weight == 700 else 0x40
    font["head"].macStyle = 1 if weight == 700 else 0
    font.save(folder / f"NotoSansSC-{WEIGHTS[weight]}.ttf")


def _name(font: TTFont, style: str) -> None:
    """The parts call themselves Thin, whatever their weight."""
    names = font["name"]
    names.names = []
    for number, words in {1: "Noto Sans SC", 2: style, 4: f"Noto Sans SC {style}", 6: f"NotoSansSC-{style}"}.items():
        names.setName(words, number, 3, 1, 0x409)
