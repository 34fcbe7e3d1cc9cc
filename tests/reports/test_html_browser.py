"""The page in a real browser: headless Chromium, driven by the DevTools protocol over two pipes.

Source: https://chromedevtools.github.io/devtools-protocol/, and ``--remote-debugging-pipe``, which reads commands
from file descriptor 3 and writes answers to 4, each of them ended by a zero byte.
"""

from __future__ import annotations

import json
import os
import select
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from planguard.engine.ruleset import RuleSet
from planguard.reports.html import render_html
from planguard.reports.model import Report, SourcePlace
from tests.reports.test_html import _NASTY, STACK, judged, owned
from tests.reports.test_text import decision, everything, few, open_finding, report, violation

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no chromium on PATH")

_FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--disable-dev-shm-usage",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--remote-debugging-pipe",
)
_START = """
import fcntl, os, sys
read, write = (fcntl.fcntl(int(one), fcntl.F_DUPFD, 10) for one in sys.argv[1:3])
os.dup2(read, 3), os.dup2(write, 4)
os.execvp(sys.argv[3], sys.argv[3:])
"""
_TROUBLE = ("Log.entryAdded", "Runtime.consoleAPICalled", "Runtime.exceptionThrown")
LONG = 'module.a_module_of_a_very_long_name["' + "x" * 90 + '"].aws_security_group.' + "y" * 90


class Browser:
    """One page of one browser."""

    def __init__(self, folder: Path) -> None:
        command_out, self._write = os.pipe()
        self._read, answer_in = os.pipe()
        words = [sys.executable, "-c", _START, str(command_out), str(answer_in), str(CHROMIUM), *_FLAGS]
        self._process = subprocess.Popen(
            [*words, f"--user-data-dir={folder}", "about:blank"],
            pass_fds=(command_out, answer_in),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        os.close(command_out)
        os.close(answer_in)
        self._session: str | None = None
        self._number = 0
        self._rest = b""
        self.events: list[dict[str, Any]] = []
        target = self.call("Target.createTarget", url="about:blank")["targetId"]
        self._session = self.call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        for domain in ("Page", "Runtime", "Network", "Log"):
            self.call(f"{domain}.enable")

    def _next(self) -> dict[str, Any]:
        while b"\0" not in self._rest:
            assert select.select([self._read], [], [], 120)[0], "the browser does not answer"
            more = os.read(self._read, 1 << 16)
            assert more, "the browser has ended"
            self._rest += more
        message, _, self._rest = self._rest.partition(b"\0")
        found: dict[str, Any] = json.loads(message)
        return found

    def call(self, method: str, **parameters: Any) -> dict[str, Any]:
        """One command, and its answer."""
        self._number += 1
        message: dict[str, Any] = {"id": self._number, "method": method, "params": parameters}
        if self._session is not None:
            message["sessionId"] = self._session
        os.write(self._write, json.dumps(message).encode() + b"\0")
        while True:
            answer = self._next()
            if answer.get("id") == self._number:
                assert "error" not in answer, answer
                found: dict[str, Any] = answer["result"]
                return found
            self.events.append(answer)

    def open(
        self, address: str, *, width: int = 1280, media: str = "", scheme: str = "light", script: bool = True
    ) -> None:
        """Show a page, and wait until it is loaded."""
        self.call("Emulation.setScriptExecutionDisabled", value=False)
        self.call("Page.navigate", url="about:blank")
        self.call(
            "Emulation.setDeviceMetricsOverride", width=width, height=900, deviceScaleFactor=1, mobile=width < 500
        )
        features = [{"name": "prefers-color-scheme", "value": scheme}]
        self.call("Emulation.setEmulatedMedia", media=media, features=features)
        self.settle()
        self.call("Emulation.setScriptExecutionDisabled", value=not script)
        self.events.clear()
        self.call("Page.navigate", url=address)
        while not any(event.get("method") == "Page.loadEventFired" for event in self.events):
            self.events.append(self._next())

    def settle(self) -> None:
        """Wait until everything that the page was told has happened."""
        self.run("new Promise((done) => setTimeout(() => requestAnimationFrame(() => setTimeout(done)), 200))")

    def run(self, script: str) -> Any:
        """The value of an expression in the page."""
        answer = self.call("Runtime.evaluate", expression=script, returnByValue=True, awaitPromise=True)
        assert "exceptionDetails" not in answer, answer
        return answer["result"].get("value")

    def key(self, key: str, code: int, text: str = "") -> None:
        """Press and release a key."""
        for kind in ("keyDown", "keyUp"):
            typed = {"text": text} if text and kind == "keyDown" else {}
            self.call("Input.dispatchKeyEvent", type=kind, key=key, code=key, windowsVirtualKeyCode=code, **typed)

    def trouble(self) -> list[dict[str, Any]]:
        """What the page said on the console, with errors and what the policy of the page forbade."""
        return [event["params"] for event in self.events if event.get("method") in _TROUBLE]

    def requests(self) -> list[str]:
        """Whatever was asked for."""
        asked = [event for event in self.events if event.get("method") == "Network.requestWillBeSent"]
        return [event["params"]["request"]["url"] for event in asked]

    def close(self) -> None:
        """End the browser."""
        self._session = None
        self.call("Browser.close")
        self._process.wait(timeout=30)
        os.close(self._read)
        os.close(self._write)


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    """One browser for all tests of this module."""
    found = Browser(tmp_path_factory.mktemp("chromium"))
    yield found
    found.close()


@pytest.fixture(scope="module")
def address_of(tmp_path_factory: pytest.TempPathFactory) -> Callable[[bytes], str]:
    """Where a page is, once it is written."""
    folder = tmp_path_factory.mktemp("pages")

    def write(page: bytes) -> str:
        path = folder / f"{len(list(folder.iterdir()))}.html"
        path.write_bytes(page)
        return path.as_uri()

    return write


def hostile() -> Report:
    """A report that tries to be something else."""
    rows = [
        violation(0, address=text, message=text * 2, owner=text, evidence=[text], source=SourcePlace(text, 1, 2))
        for text in _NASTY
    ]
    return report(decision(rows, reasons=list(_NASTY), undetermined=[open_finding(0)]))


def long_names() -> Report:
    """A report with words that no line has room for."""
    rows = [
        violation(0, address=LONG, message="z" * 200, path="p" * 120, owner="o" * 150, rule="r" * 120, title="t" * 90)
    ]
    place = SourcePlace("d/" * 60 + "f" * 90, 10, 20)
    return report(
        decision([*rows, violation(1, source=place, evidence=[LONG], gate="g" * 90)], reasons=["w" * 120]),
        decision([], plan=decision([]).plan),
    )


REPORTS: dict[str, Callable[[], Report]] = {
    "few": few,
    "everything": everything,
    "owned": owned,
    "hostile": hostile,
    "long-names": long_names,
}
_SHOWN = "[...document.querySelectorAll('details.rule')].filter((one) => one.checkVisibility())"
_OUTPUT = "document.getElementById('shown').textContent"


def search_for(browser: Browser, text: str) -> str:
    """Type into the text field; what the page says it shows."""
    browser.run(
        "(() => { const field = document.querySelector('[name=q]');"
        f" field.value = {json.dumps(text)}; field.dispatchEvent(new Event('input', {{bubbles: true}})); }})()"
    )
    browser.settle()
    found: str = browser.run(_OUTPUT)
    return found


def tick(browser: Browser, value: str) -> str:
    """Click on a value; what the page says it shows."""
    browser.run(f"document.querySelector('[type=checkbox][value={value}]').click()")
    browser.settle()
    found: str = browser.run(_OUTPUT)
    return found


# -- quiet ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", REPORTS)
def test_nothing_is_asked_for_and_nothing_goes_wrong(
    browser: Browser, address_of: Callable[[bytes], str], name: str
) -> None:
    address = address_of(render_html(REPORTS[name]()))
    browser.open(address)
    tick(browser, "critical")
    search_for(browser, "a")
    assert browser.trouble() == []
    assert {one for one in browser.requests() if not one.startswith("data:")} == {address}
    assert browser.run("document.scripts.length") == 1


def test_a_real_page_with_pictures_is_quiet_as_well(
    browser: Browser, address_of: Callable[[bytes], str], builtin_rules: RuleSet
) -> None:
    address = address_of(render_html(*judged(STACK, builtin_rules)))
    browser.open(address)
    browser.run("for (const one of document.querySelectorAll('.picture')) one.open = true")
    browser.settle()
    assert browser.run("document.querySelector('.picture svg').getBoundingClientRect().width") > 300
    assert browser.run("getComputedStyle(document.querySelector('.picture svg .e')).fill") == "none"
    assert browser.run("getComputedStyle(document.querySelector('p')).fontSize") != "12px"
    assert browser.trouble() == []
    assert {one for one in browser.requests() if not one.startswith("data:")} == {address}


# -- the filter ----------------------------------------------------------------------------------------------------


def test_a_value_shows_what_has_it_and_the_address_remembers(
    browser: Browser, address_of: Callable[[bytes], str]
) -> None:
    address = address_of(render_html(owned()))
    browser.open(address)
    assert browser.run(_OUTPUT) == "14 findings"
    assert tick(browser, "block") == "4 of 14 findings"
    assert browser.run(f"[...new Set({_SHOWN}.map((one) => one.dataset.effect))].join()") == "block"
    assert tick(browser, "warn") == "5 of 14 findings"
    assert browser.run("location.hash") == "#effect=block%2Cwarn"
    browser.open(f"{address}#effect=block%2Cwarn&owner=platform")
    assert browser.run(_OUTPUT) == "3 of 14 findings"
    assert browser.run(f"[...new Set({_SHOWN}.map((one) => one.dataset.owner))].join()") == "platform"
    assert browser.run("document.querySelector('[name=owner]').value") == "platform"
    assert (
        browser.run(
            "[...document.querySelectorAll('section.owner h3')].filter((one) => one.checkVisibility()).length"
        )
        == 2
    )
    browser.run("document.querySelector('[type=reset]').click()")
    browser.settle()
    assert browser.run(_OUTPUT) == "14 findings"
    assert browser.run("location.hash") == ""


def test_every_word_of_a_search_is_found_in_any_place(browser: Browser, address_of: Callable[[bytes], str]) -> None:
    browser.open(address_of(render_html(owned())))
    assert search_for(browser, "EU-003 port") == "1 of 14 findings"
    # The place is in a group that was closed; the search opens it, and leaves it as it was.
    assert (
        browser.run("[...document.querySelectorAll('.places > li')].filter((one) => one.checkVisibility()).length")
        == 1
    )
    assert search_for(browser, "no such thing") == "0 of 14 findings"
    assert browser.run("[...document.querySelectorAll('.nothing')].every((one) => one.checkVisibility())")
    assert search_for(browser, "") == "14 findings"
    assert browser.run("document.querySelectorAll('details.rule.observe[open]').length") == 0
    assert search_for(browser, "waiver-1") == "3 of 14 findings"


def test_a_search_looks_behind_the_line_that_says_more(browser: Browser, address_of: Callable[[bytes], str]) -> None:
    rows = [violation(0, address=f"aws_x.y[{number}]") for number in range(60)]
    browser.open(address_of(render_html(report(decision(rows)))))
    assert search_for(browser, "aws_x.y[5") == "11 of 60 findings"
    assert browser.run("document.querySelector('.rest').textContent.startsWith('11 more')")
    assert browser.run("document.querySelector('.rest').open")
    assert search_for(browser, "") == "60 findings"
    assert browser.run("document.querySelector('.rest .n').textContent") == "35"
    assert not browser.run("document.querySelector('.rest').open")


def test_an_address_that_is_no_filter_does_no_harm(browser: Browser, address_of: Callable[[bytes], str]) -> None:
    address = address_of(render_html(everything()))
    for fragment in ("plan-2", "effect=nonsense&owner=nobody&x=%00%", "q=%3Cscript%3E", "="):
        browser.open(f"{address}#{fragment}")
        assert browser.trouble() == []
    browser.open(f"{address}#plan-2")
    assert browser.run("Math.abs(document.getElementById('plan-2').getBoundingClientRect().top) < 900")


def test_ten_thousand_violations_can_be_searched(browser: Browser, address_of: Callable[[bytes], str]) -> None:
    rows = [violation(number, owner=("payments", "platform")[number % 2]) for number in range(10_000)]
    browser.open(address_of(render_html(report(decision(rows)))))
    assert browser.run(_OUTPUT) == "10,000 findings"
    assert search_for(browser, "eu-7777") == "1 of 10,000 findings"
    assert tick(browser, "fixed").endswith(" of 10,000 findings")
    assert browser.trouble() == []


# -- how it looks --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("width", [360, 700, 1280])
@pytest.mark.parametrize("name", REPORTS)
def test_nothing_scrolls_sideways(
    browser: Browser, address_of: Callable[[bytes], str], name: str, width: int
) -> None:
    browser.open(address_of(render_html(REPORTS[name]())), width=width)
    browser.run("for (const one of document.querySelectorAll('details')) one.open = true")
    browser.settle()
    assert browser.run("document.documentElement.scrollWidth") <= width


def test_a_picture_scrolls_on_its_own(
    browser: Browser, address_of: Callable[[bytes], str], builtin_rules: RuleSet
) -> None:
    browser.open(address_of(render_html(*judged(STACK, builtin_rules))), width=360)
    browser.run("for (const one of document.querySelectorAll('details')) one.open = true")
    browser.settle()
    assert browser.run("document.documentElement.scrollWidth") <= 360
    assert browser.run(
        "(() => { const one = document.querySelector('.scroll'); return one.scrollWidth > one.clientWidth; })()"
    )


@pytest.mark.parametrize("name", REPORTS)
def test_paper_shows_everything(browser: Browser, address_of: Callable[[bytes], str], name: str) -> None:
    browser.open(address_of(render_html(REPORTS[name]())), media="print")
    hidden = (
        "[...document.querySelectorAll('.said, .at, .fix, .identity code')].filter((one) => !one.checkVisibility())"
    )
    assert browser.run(f"{hidden}.length") == 0
    flat = "[...document.querySelectorAll('.said, .at')].filter((one) => one.getBoundingClientRect().height < 5)"
    assert browser.run(f"{flat}.filter((one) => one.textContent.trim()).length") == 0
    assert not browser.run("document.querySelector('select').checkVisibility()")


def test_what_was_opened_for_printing_is_closed_again(browser: Browser, address_of: Callable[[bytes], str]) -> None:
    browser.open(address_of(render_html(owned())))
    before = browser.run("document.querySelectorAll('details[open]').length")
    assert len(browser.call("Page.printToPDF")["data"]) > 10_000
    browser.settle()
    assert browser.run("document.querySelectorAll('details[open]').length") == before


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_page_follows_the_scheme_of_the_reader(
    browser: Browser, address_of: Callable[[bytes], str], scheme: str
) -> None:
    browser.open(address_of(render_html(few())), scheme=scheme)
    ground = browser.run("getComputedStyle(document.body).backgroundColor.match(/\\d+/g).map(Number)[0]")
    assert (ground < 128) == (scheme == "dark")


# -- keyboard, screen reader, no script ----------------------------------------------------------------------------


def test_everything_can_be_reached_by_keyboard(browser: Browser, address_of: Callable[[bytes], str]) -> None:
    browser.open(address_of(render_html(owned())))
    reached = []
    for _ in range(60):
        browser.key("Tab", 9)
        reached.append(
            browser.run(
                "document.activeElement.name || document.activeElement.className || document.activeElement.tagName"
            )
        )
    assert reached[0] == "skip"
    assert {"effect", "status", "severity", "domain", "owner", "q"} <= set(reached)
    browser.run("document.querySelector('details.rule.observe > summary').focus()")
    browser.key("Enter", 13, "\r")
    assert browser.run("document.querySelector('details.rule.observe').open")


def test_a_screen_reader_finds_landmarks_and_names(browser: Browser, address_of: Callable[[bytes], str]) -> None:
    browser.open(address_of(render_html(everything())))
    nodes = browser.call("Accessibility.getFullAXTree")["nodes"]
    roles = [(node["role"]["value"], node.get("name", {}).get("value", "")) for node in nodes if not node["ignored"]]
    assert {"banner", "main", "search", "contentinfo", "navigation", "status"} <= {role for role, _ in roles}
    operable = {"checkbox", "combobox", "searchbox", "button", "link", "DisclosureTriangle"}
    assert {role for role, _ in roles} >= operable - {"combobox"}
    assert [one for one in roles if one[0] in operable and not one[1].strip()] == []


def test_without_the_script_the_page_can_still_be_read(browser: Browser, address_of: Callable[[bytes], str]) -> None:
    browser.open(address_of(render_html(owned())), script=False)
    assert not browser.run("document.getElementById('filter').checkVisibility()")
    assert browser.run("document.querySelectorAll('details.rule').length") > 0
    assert browser.run("document.querySelector('details.rule .said').checkVisibility()")
