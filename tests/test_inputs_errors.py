"""A corpus of wrong files: each folder holds one, and the exact message it must give."""

from __future__ import annotations

from pathlib import Path

import pytest

from planner.cli import main
from planner.errors import InputError
from planner.inputs.load import find_layout, read_inputs

ERRORS = Path(__file__).parent / "errors"
OF_LATER_STAGES = {
    "cages-short",
    "no-route",
    "no-route-two-fabrics",
    "oversubscription-impossible",
    "pin-at-once",
    "pin-more-devices",
    "pin-more-of-a-plane",
    "pin-more-units",
    "pin-out-of-reach",
    "pin-run-end-twice",
    "pin-run-more-of-a-pair",
    "pin-run-more-of-a-unit",
    "pin-run-more-planes",
    "pin-run-other-plane",
    "pin-run-out-of-reach",
    "pin-run-unused-cage",
    "pin-unknown-plane",
    "planes-unequal",
    "reach-exceeded",
    "reach-exceeded-two-fabrics",
    "resilience-feeds-short",
    "resilience-racks-short",
    "resilience-share-short",
    "sized-beyond",
    "sized-short",
    "slots-short",
    "spread-impossible",
}
"""Right as inputs; checking them finds what is wrong, and so does planning."""

OF_THE_SOLVER = {"no-row-power"}
"""Only planning finds out."""

FOLDERS = sorted(path.name for path in ERRORS.iterdir() if path.is_dir())


@pytest.mark.parametrize("folder", [name for name in FOLDERS if name not in OF_LATER_STAGES | OF_THE_SOLVER])
def test_message(folder: str, monkeypatch: pytest.MonkeyPatch) -> None:
    expected = (ERRORS / folder / "expected.txt").read_text(encoding="utf-8")
    monkeypatch.chdir(ERRORS / folder)
    with pytest.raises(InputError) as caught:
        read_inputs(Path("layout.yaml"))
    assert f"{caught.value}\n" == expected


@pytest.mark.parametrize("command", ["check", "plan"])
@pytest.mark.parametrize("folder", sorted(OF_LATER_STAGES | OF_THE_SOLVER))
def test_message_of_later_stage(
    folder: str,
    command: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
) -> None:
    expected = (ERRORS / folder / "expected.txt").read_text(encoding="utf-8")
    monkeypatch.chdir(ERRORS / folder)
    words = {"check": [], "plan": ["-o", str(tmp_path / "out")]}[command]
    is_found = command == "plan" or folder in OF_LATER_STAGES
    assert main([command, "layout.yaml", *words]) == (1 if is_found else 0)
    captured = capsys.readouterr()
    assert captured.err == (expected if is_found else "")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("folder", FOLDERS)
def test_no_template_shows_through(folder: str) -> None:
    assert not set("{}") & set((ERRORS / folder / "expected.txt").read_text(encoding="utf-8"))


def test_long_value_is_cut(tmp_path: Path) -> None:
    layout = tmp_path / "layout.yaml"
    layout.write_text(
        f"title: t\nroom: {{width: {'9' * 10_000}, depth: 1 m, height: 1 m}}\n", encoding="utf-8"
    )
    with pytest.raises(InputError) as caught:
        read_inputs(layout)
    assert all(len(line) < 300 + len(str(layout)) for line in str(caught.value).splitlines())


def test_very_deep_file_does_not_take_hours(tmp_path: Path) -> None:
    layout = tmp_path / "layout.yaml"
    layout.write_text("[" * 100_000, encoding="utf-8")
    with pytest.raises(InputError, match="1:21: error: nested deeper than 20 levels"):
        read_inputs(layout)


def test_unreadable_path_is_a_finding() -> None:
    with pytest.raises(InputError, match="cannot be read"):
        read_inputs(Path("a\0b.yaml"))


def test_nearest_name_in_other_case_is_found() -> None:
    with pytest.raises(InputError, match="did you mean 'nvl576'"):
        find_layout("NVL576")
