"""The page as its owner sees it: the real process, in a real browser, on a telephone and on a desk, light and dark."""

import json
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from appliance import clock
from appliance.storage import Folder
from appliance.storage.live import LiveServer
from tests.ports import free_port
from tests.web_ui.month import fill, open_at

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

CHROMIUM = shutil.which("chromium")
CALM = [
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
PAGES = ["/", "/days", "/box", "/meaning"]

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(CHROMIUM is None, reason="needs Chromium: apt-get install chromium"),
]


@contextmanager
def serving(folder: Path, *options: str) -> Iterator[str]:
    """The page's own process, as `tallybox web` starts it."""
    port = free_port()
    command = [sys.executable, "-m", "appliance.cli", "web", "--data", str(folder), "--port", str(port), *options]
    with subprocess.Popen(command, stderr=subprocess.DEVNULL) as process:
        try:
            address = f"http://127.0.0.1:{port}"
            for _ in range(600):
                try:
                    httpx.get(f"{address}/healthz", trust_env=False, timeout=30)
                    break
                except httpx.TransportError:
                    assert process.poll() is None
                    time.sleep(0.1)
            yield address
        finally:
            process.kill()


@pytest.fixture(scope="module")
def browser() -> Iterator["Browser"]:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=CHROMIUM, args=CALM)
        yield opened
        opened.close()


@pytest.fixture(scope="module")
def month_now(tmp_path_factory: pytest.TempPathFactory) -> Folder:
    path = tmp_path_factory.mktemp("now")
    now = clock.now()
    fill(path, now, toml=open_at(now))
    return Folder(path)


@pytest.fixture(scope="module")
def address(month_now: Folder) -> Iterator[str]:
    with serving(month_now.path) as found:
        yield found


@contextmanager
def looking(
    browser: "Browser", width: int, scheme: Any = "light", script: bool = True
) -> Iterator[tuple["Page", list[str]]]:
    """A page, and what went wrong on it: requests to other hosts, messages on the console, errors of the script."""
    context = browser.new_context(
        viewport={"width": width, "height": 800}, color_scheme=scheme, java_script_enabled=script
    )
    page, wrong = context.new_page(), []
    page.set_default_timeout(60_000)
    page.on("request", lambda r: None if "//127.0.0.1:" in r.url else wrong.append(r.url))
    page.on("console", lambda message: wrong.append(message.text))
    page.on("pageerror", lambda error: wrong.append(str(error)))
    try:
        yield page, wrong
    finally:
        context.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [360, 1280])
@pytest.mark.parametrize("path", PAGES)
def test_a_page_fits_asks_no_other_host_and_complains_of_nothing(
    browser: "Browser", address: str, path: str, width: int, scheme: str
) -> None:
    with looking(browser, width, scheme) as (page, wrong):
        page.goto(address + path)
        assert page.evaluate("document.documentElement.scrollWidth") == width
        shown = page.evaluate("[...document.querySelectorAll('svg.chart')].filter(c => c.checkVisibility()).length")
        assert shown == {"/": 2, "/days": 1}.get(path, 0)
        assert wrong == []


CONTRAST = """() => {
  const light = c => { const v = c.map(x => { x /= 255; return x <= .03928 ? x / 12.92 : ((x + .055) / 1.055) ** 2.4 });
    return .2126 * v[0] + .7152 * v[1] + .0722 * v[2] };
  const rgb = text => text.match(/[\\d.]+/g).slice(0, 3).map(Number);
  const paper = light(rgb(getComputedStyle(document.body).backgroundColor)), poor = [];
  for (const e of document.querySelectorAll("body *")) {
    if (e.tagName === "BUTTON" || ![...e.childNodes].some(n => n.nodeType === 3 && n.data.trim())) continue;
    const s = getComputedStyle(e), ink = light(rgb(e.closest("svg") ? s.fill : s.color));
    const ratio = (Math.max(ink, paper) + .05) / (Math.min(ink, paper) + .05);
    if (e.tagName !== "title" && ratio < 4.5) poor.push(e.textContent.trim().slice(0, 40) + " " + ratio.toFixed(2));
  }
  return poor;
}"""


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("path", PAGES)
def test_all_text_has_contrast(browser: "Browser", address: str, path: str, scheme: str) -> None:
    with looking(browser, 1280, scheme) as (page, _):
        page.goto(address + path)
        assert page.evaluate(CONTRAST) == []


SMALL = """() => [...document.querySelectorAll("nav a, a.tall, th a, summary, footer a, input, button, .chart a")]
  .filter(e => e.checkVisibility() && e.getBoundingClientRect().height < 43.5)
  .map(e => e.textContent.trim() + " " + e.getBoundingClientRect().height)"""


@pytest.mark.parametrize("path", PAGES)
def test_what_a_finger_touches_is_44_pixels_high(browser: "Browser", address: str, path: str) -> None:
    with looking(browser, 360) as (page, _):
        page.goto(address + path)
        assert page.evaluate(SMALL) == []


def test_the_page_is_walked_by_keyboard(browser: "Browser", address: str) -> None:
    with looking(browser, 1280) as (page, _):
        page.goto(address)
        reached = []
        for _ in range(30):
            page.keyboard.press("Tab")
            reached.append(
                page.evaluate("document.activeElement.getAttribute('href') || document.activeElement.tagName")
            )
        assert reached[:3] == ["/", "/days", "/box"]
        assert "SUMMARY" in reached
        page.get_by_text("What “came in” means").focus()
        page.keyboard.press("Enter")
        assert page.get_by_text("footfall/1").is_visible()


def test_the_live_picture_comes_anew_by_the_script_and_once_without_it(browser: "Browser", tmp_path: Path) -> None:
    """The counter's place is taken by a socket that draws a grey picture: the real one needs a camera and a net."""
    import cv2
    import numpy as np

    fill(tmp_path, clock.now(), 2)
    state = {"alive": True, "problem": "", "per_second": 9.8, "skipped": 0, "restarts": 0, "last": clock.now()}
    told = json.dumps({"cameras": {"door": state}, "problem": "", "net": "person", "since": clock.now()}).encode()
    picture = cv2.imencode(".jpg", np.full((360, 640, 3), 120, np.uint8))[1].tobytes()
    asked = []

    def answer(question: str) -> bytes:
        asked.append(question)
        return told if question == "state" else picture

    server = LiveServer(Folder(tmp_path).live_socket, answer)
    try:
        with serving(tmp_path) as address:
            with looking(browser, 1280) as (page, wrong):
                page.goto(address)
                for _ in range(2):
                    with page.expect_response(lambda response: "/live/door.jpg?" in response.url) as fresh:
                        pass
                    assert fresh.value.ok
                assert page.evaluate("document.querySelector('.live img').naturalWidth") == 640
                assert wrong == []
            asked.clear()
            with looking(browser, 1280, script=False) as (page, wrong):
                page.goto(address)
                assert page.locator(".number").first.is_visible()
            assert asked.count("picture door") == 1
    finally:
        server.close()


def test_the_code_is_typed_once_and_opens_the_page(browser: "Browser", month_now: Folder) -> None:
    with serving(month_now.path, "--host", "0.0.0.0") as address, looking(browser, 360) as (page, wrong):
        page.goto(address + "/days")
        assert "Corner shop" not in page.content()
        assert page.evaluate(CONTRAST) == []
        assert page.evaluate(SMALL) == []
        page.get_by_label("The box's code").fill("wrong")
        page.get_by_role("button").click()
        assert page.get_by_role("alert").inner_text() == "That is not the code."
        page.get_by_label("The box's code").fill(month_now.page_code())
        page.get_by_role("button").click()
        page.get_by_text("Came in today").wait_for()
        page.goto(address + "/days")
        assert page.get_by_text("By day").is_visible()
        assert [line for line in wrong if "401" not in line] == []  # the browser notes that the page was refused
