"""The font that all pictures are drawn with, so that text is as wide on every machine."""

from __future__ import annotations

from pathlib import Path
from xml.sax.saxutils import escape

FAMILY = "DejaVu Sans,sans-serif"
"""Family of all text; viewers without the font fall back to their own sans-serif."""

_CONFIG = """<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig><dir>{fonts}</dir><cachedir>{cache}</cachedir></fontconfig>
"""


def write_config(folder: Path) -> Path:
    """Write a fontconfig file into the folder that knows the shipped font alone; return its path."""
    path = folder / "fonts.conf"
    fonts = Path(__file__).resolve().parent
    text = _CONFIG.format(fonts=escape(str(fonts)), cache=escape(str(folder / "cache")))
    path.write_text(text, encoding="utf-8")
    return path
