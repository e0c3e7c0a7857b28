"""The rules that keep the code readable: who may import whom, sizes, and no product in code."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).resolve().parent.parent
SOURCES = sorted((ROOT / "planner").rglob("*.py"))
MAX_FILE_LINES = 300
MAX_FUNCTION_LINES = 60
PRODUCT_NAMES = r"nvl36|nvl72|gb200|gh200|q3400|qm9700|quantum|osfp"


def relative(path: Path) -> str:
    return str(path.relative_to(ROOT))


def test_sources_are_found() -> None:
    assert len(SOURCES) > 20


def test_import_rules_hold() -> None:
    """The contracts in pyproject.toml, as ``lint-imports`` checks them."""
    run = subprocess.run(
        [sys.executable, "-c", "from importlinter.cli import lint_imports_command; lint_imports_command()"],
        cwd=ROOT,
        capture_output=True,
        text=True,
    )
    assert run.returncode == 0, run.stdout + run.stderr


@pytest.mark.parametrize("path", SOURCES, ids=relative)
def test_files_stay_short(path: Path) -> None:
    lines = len(path.read_text(encoding="utf-8").splitlines())
    assert lines <= MAX_FILE_LINES


@pytest.mark.parametrize("path", SOURCES, ids=relative)
def test_functions_stay_short(path: Path) -> None:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    too_long = [
        f"{node.name}: {node.end_lineno - node.lineno + 1} lines"
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and node.end_lineno is not None
        and node.end_lineno - node.lineno + 1 > MAX_FUNCTION_LINES
    ]
    assert not too_long


def ids_in(value: object) -> Iterator[str]:
    """Keys of the mappings of parts, wherever a catalog file holds them."""
    if not isinstance(value, dict):
        return
    for inner in value.values():
        if isinstance(inner, dict):
            yield from (str(name) for name in inner if isinstance(inner[name], dict))


def catalog_ids() -> list[str]:
    ids: set[str] = set()
    for path in sorted((ROOT / "catalogs").glob("*.yaml")):
        ids.update(ids_in(yaml.safe_load(path.read_text(encoding="utf-8"))))
    # Plain words ("link") would be found everywhere; part ids are compounds or carry digits.
    return sorted(name for name in ids if re.search(r"[0-9-]", name))


def test_no_product_in_code() -> None:
    """Products live in catalogs: no id of one and no product name stands in code."""
    ids = catalog_ids()
    assert ids, "no part ids found in catalogs/*.yaml"
    pattern = re.compile("|".join([PRODUCT_NAMES, *map(re.escape, ids)]), re.IGNORECASE)
    found = [
        f"{relative(path)}:{number}: {match[0]}"
        for path in SOURCES
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1)
        if (match := pattern.search(line))
    ]
    assert not found


def test_pipeline_is_one_screen() -> None:
    assert len((ROOT / "planner/pipeline.py").read_text(encoding="utf-8").splitlines()) <= 80
