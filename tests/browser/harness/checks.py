"""What is looked for on every page: Chinese letters, accessibility, and silence of the console."""

from dataclasses import dataclass, field
from typing import Any

from playwright.async_api import ConsoleMessage, Page

from tests.browser.harness.unpacking import package

LETTERS = ("中", "文", "镇", "涪")
STANDARDS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
DRAWN = """letters => letters.map(letter => {
    const canvas = Object.assign(document.createElement("canvas"), {width: 48, height: 48});
    const pen = canvas.getContext("2d");
    pen.font = '40px "PingFang SC","Microsoft YaHei","Noto Sans SC",sans-serif';
    pen.fillText(letter, 4, 40);
    return [...pen.getImageData(0, 0, 48, 48).data].filter((_, at) => at % 4 === 3).join("");
})"""


class LettersMissingError(AssertionError):
    """Chinese is not drawn, so nothing that this browser shows proves anything."""


async def require_letters(page: Page) -> None:
    """Raise LettersMissingError unless different characters are drawn differently, and differently from an unknown one."""
    drawn = await page.evaluate(DRAWN, [*LETTERS, "\U0010fffd"])
    if len(set(drawn)) != len(drawn) or any(int(ink.count("0")) == len(ink) for ink in drawn[:-1]):
        raise LettersMissingError(
            "this browser draws no Chinese: install fonts-noto-cjk or run `npm ci --ignore-scripts`"
        )


@dataclass
class Complaints:
    """What a page said on its console or could not load."""

    lines: list[str] = field(default_factory=list)

    def watch(self, page: Page) -> None:
        """Listen to a page from its first request on."""
        page.on("console", self._heard)
        page.on("pageerror", lambda error: self.lines.append(f"error: {error}"))
        page.on("requestfailed", lambda request: self.lines.append(f"not loaded: {request.url} {request.failure}"))

    def _heard(self, message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"} or "Content Security Policy" in message.text:
            self.lines.append(f"{message.type}: {message.text}")

    def expect(self, words: str) -> None:
        """Take note of a complaint that the test itself provoked; raises ValueError when there was none."""
        heard = next(line for line in [*self.lines, ""] if words in line or not line)
        self.lines.remove(heard)


async def axe(page: Page, *, within: str = "document") -> list[dict[str, Any]]:
    """The page's accessibility findings that are serious or worse, each with the elements concerned."""
    if not await page.evaluate("() => Boolean(window.axe)"):
        # The content policy forbids an added script element; evaluating from outside is not bound by it.
        await page.evaluate((package("axe-core") / "axe.min.js").read_text("utf-8"))
    script = "([within, tags]) => axe.run(within === 'document' ? document : within, {runOnly: tags, resultTypes: ['violations']})"
    found = await page.evaluate(script, [within, STANDARDS])
    return [
        {
            "rule": rule["id"],
            "impact": rule["impact"],
            "help": rule["help"],
            "elements": [node["html"][:200] for node in rule["nodes"]],
        }
        for rule in found["violations"]
        if rule["impact"] in {"serious", "critical"}
    ]
