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

LOW_CONTRAST = """
function parts(color) {
  const found = color.match(/[\\d.]+/g).map(Number);
  return found.length === 3 ? [...found, 1] : found;
}
function over(front, back) {
  return [0, 1, 2].map((n) => front[n] * front[3] + back[n] * (1 - front[3]));
}
function light(color) {
  const [r, g, b] = color.map((c) => c / 255).map((c) =>
      c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4);
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}
function ground(element) {
  if (!element) return [255, 255, 255];
  const own = parts(getComputedStyle(element).backgroundColor);
  return own[3] === 1 ? own.slice(0, 3) : over(own, ground(element.parentElement));
}
const low = [];
const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
while (walk.nextNode()) {
  const element = walk.currentNode.parentElement, style = getComputedStyle(element);
  if (!walk.currentNode.data.trim() || !element.getClientRects().length || style.visibility === 'hidden' ||
      element.closest('script, style, title, [disabled]')) continue;
  const back = ground(element);
  const ink = over(parts(element.closest('svg') ? style.fill : style.color), back);
  const [dark, bright] = [light(ink), light(back)].sort((a, b) => a - b);
  const size = parseFloat(style.fontSize), isLarge = size >= 24 || (size >= 18.66 && style.fontWeight >= 700);
  const ratio = (bright + 0.05) / (dark + 0.05);
  if (ratio < (isLarge ? 3 : 4.5)) low.push(`${ratio.toFixed(2)}: ${walk.currentNode.data.trim()}`);
}
return [...new Set(low)];
"""
"""Texts whose color differs from what is behind them by less than WCAG asks at level AA."""

WIDER_THAN_PAGE = """
return document.documentElement.scrollWidth <= document.documentElement.clientWidth ? [] :
    [...document.body.querySelectorAll('*')].filter((one) =>
        one.getBoundingClientRect().right > document.documentElement.clientWidth && !one.closest('.wide'))
        .map((one) => one.outerHTML.slice(0, 200));
"""
"""What makes a page scroll sideways; a part that scrolls for itself is well."""


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
