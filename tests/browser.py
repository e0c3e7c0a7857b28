"""Headless Chromium with the network off, for pages that stand alone."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from selenium.webdriver import Chrome
from selenium.webdriver.chrome.options import Options
from selenium.webdriver.chrome.service import Service

CHROMIUM, DRIVER = shutil.which("chromium"), shutil.which("chromedriver")
FLAGS = (
    *("--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync"),
    *("--disable-background-networking", "--disable-component-update", "--window-size=1500,1100"),
    "--force-prefers-reduced-motion",
)


@contextmanager
def offline_browser() -> Iterator[Chrome]:
    """Start Chromium once; it reaches no network, and keeps what pages write to the console."""
    assert CHROMIUM and DRIVER
    options = Options()
    options.binary_location = CHROMIUM
    for flag in FLAGS:
        options.add_argument(flag)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    browser = Chrome(options=options, service=Service(DRIVER))
    try:
        browser.execute_cdp_cmd("Network.enable", {})
        off = {"offline": True, "latency": 0, "downloadThroughput": 0, "uploadThroughput": 0}
        browser.execute_cdp_cmd("Network.emulateNetworkConditions", off)
        yield browser
    finally:
        browser.quit()


def open_page(browser: Chrome, page: Path) -> list[str]:
    """Open a page from the disk; return what it complained of."""
    browser.get(page.resolve().as_uri())
    return complaints(browser)


def complaints(browser: Chrome) -> list[str]:
    """Return what the page wrote to the console since the last time."""
    log: list[dict[str, str]] = browser.get_log("browser")
    return [entry["message"] for entry in log]
