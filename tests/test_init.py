"""``planner init``: the layouts it writes plan at once; what cannot close is refused, nothing overwritten."""

from __future__ import annotations

from pathlib import Path

import pytest

from planner.cli import main
from planner.inputs.load import read_inputs
from planner.inputs.shipped import shipped_folder
from planner.inputs.sizing import read_sizing
from planner.model.fabric import TierFabric
from planner.model.sites import candidate_racks, rack_capacity
from planner.topology.build import build_fabrics
from tests.conftest import Planner


def written(folder: Path, system: str, racks: int) -> Path:
    path = folder / f"{system}-{racks}.yaml"
    assert main(["init", system, "--racks", str(racks), "-o", str(path)]) == 0
    return path


@pytest.mark.parametrize("racks", range(1, 19))
def test_l2_layouts_can_be_planned(capsys: pytest.CaptureFixture[str], tmp_path: Path, racks: int) -> None:
    path = written(tmp_path, "gb200-nvl36-l2", racks)
    assert main(["check", str(path)]) == 0
    captured = capsys.readouterr()
    assert "good: every run has a route and a medium that reaches" in captured.out
    assert ("domain-limit" in captured.out) == (racks > 16)
    inputs = read_inputs(path)
    (fabric,) = build_fabrics(inputs.layout, inputs.catalog)
    assert isinstance(fabric, TierFabric)
    assert fabric.gpus == 36 * racks
    rack = inputs.catalog.rack_types[fabric.upper_rack_type]
    places = len(candidate_racks(inputs.layout, rack.id))
    capacity = rack_capacity(rack, inputs.catalog.device_types[fabric.upper_device])
    assert places == -(-fabric.upper_devices // capacity)


@pytest.mark.parametrize(
    ("system", "racks", "runs"),
    [
        ("gb200-nvl36x2", 2, 162),
        ("gb200-nvl36x2", 40, 3240),
        ("gb200-nvl36x2", 480, 38880),  # the fewest in more rows than there are letters
        ("gh200-nvl256", 8, 1152),
        ("h100-nvlink-switch-256", 8, 576),
    ],
)
def test_other_layouts_can_be_planned(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, system: str, racks: int, runs: int
) -> None:
    assert main(["check", str(written(tmp_path, system, racks))]) == 0
    assert f" {runs:,} runs" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("system", "racks", "switches", "runs"),
    [
        ("superpod-h100", 8, [8, 4], 256),
        ("superpod-h100", 16, [16, 8], 512),
        ("superpod-h100", 24, [24, 16], 768),
        ("superpod-h100", 32, [32, 16], 1024),
        ("superpod-b200", 16, [16, 8], 512),
        ("superpod-b200", 32, [32, 16], 1024),
        ("superpod-b200", 64, [64, 32], 2048),
        ("superpod-b200", 72, [72, 96, 64], 2304),
        ("superpod-b200", 128, [128, 128, 64], 4096),
        ("superpod-b200", 256, [256, 256, 128], 8192),
        ("xdr-two-tier", 4, [4, 2], 288),
        ("xdr-two-tier", 12, [12, 6], 864),
        ("xdr-two-tier", 144, [144, 72], 10368),
        ("xdr-three-tier", 4, [4, 4, 2], 288),
        ("xdr-three-tier", 12, [12, 12, 6], 864),
    ],
)
def test_stacked_layouts_have_the_published_counts(
    tmp_path: Path, system: str, racks: int, switches: list[int], runs: int
) -> None:
    inputs = read_inputs(written(tmp_path, system, racks))
    fabrics = build_fabrics(inputs.layout, inputs.catalog)
    tiers = [fabric for fabric in fabrics if isinstance(fabric, TierFabric)]
    assert [fabric.upper_devices for fabric in tiers] == switches
    # Switches with free ports below send up all their uplinks all the same: core runs may be more.
    assert {sum(map(len, fabric.planes)) * fabric.uplinks for fabric in tiers[:2]} == {runs}
    assert max(len(row.positions) for row in inputs.layout.rows) <= 18
    capacity = rack_capacity(
        inputs.catalog.rack_types[tiers[0].upper_rack_type],
        inputs.catalog.device_types[tiers[0].upper_device],
    )
    assert len(candidate_racks(inputs.layout, tiers[0].upper_rack_type)) * capacity >= sum(switches)


def test_a_comment_is_above_every_section(tmp_path: Path) -> None:
    lines = written(tmp_path, "superpod-b200", 128).read_text(encoding="utf-8").splitlines()
    for section in ("catalogs", "profile", "room", "groups", "rows", "pathways", "fabrics"):
        (number,) = (index for index, line in enumerate(lines) if line.startswith(f"{section}:"))
        assert lines[number - 1].startswith("#")
    assert max(map(len, lines)) <= 110
    assert "    SU11: [F01-04, F07-10]" in lines


def test_every_system_with_racks_to_cable_has_a_first_layout() -> None:
    systems = read_sizing(None).systems.values()
    assert [system.id for system in systems if system.uplinks and not system.starter] == []


@pytest.mark.parametrize(
    ("system", "racks"),
    [
        ("gb200-nvl36x2", 2),
        ("gb200-nvl36x2", 6),
        ("gb200-nvl36-l2", 2),
        ("gb200-nvl36-l2", 5),
        ("superpod-h100", 8),
        ("superpod-b200", 32),
        ("xdr-two-tier", 4),
        ("xdr-three-tier", 8),
    ],
)
def test_layouts_plan_and_verify(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, system: str, racks: int
) -> None:
    path = written(tmp_path, system, racks)
    capsys.readouterr()
    assert main(["plan", str(path), "-o", str(tmp_path / "out")]) == 0
    shown = capsys.readouterr()
    assert shown.err == ""
    assert "findings: none" in shown.out or "of which blocking 0" in shown.out
    assert main(["verify", str(tmp_path / "out")]) == 0


def test_what_is_shown_is_what_is_written(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    path = written(tmp_path, "gb200-nvl36-l2", 4)
    capsys.readouterr()
    assert main(["init", "gb200-nvl36-l2", "--racks", "4"]) == 0
    assert capsys.readouterr().out == path.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("system", "racks", "message"),
    [
        ("gb200-nvl36-l2", 19, "171 runs a plane need 10 upper units of 18 cages"),
        ("gb200-nvl36x2", 3, "are no pair"),
        ("gh200-nvl256", 9, "possible: 32 x chassis"),
        ("gb200-nvl72", 2, "no first layout"),
        ("gb200-nvl36x2", 2000, "a hall has at most 99"),
        ("xdr-two-tier", 6, "a four is 4 racks; possible: 4 or 8"),
        ("xdr-two-tier", 148, "in racks, at most 144"),
        ("superpod-h100", 4, "a su is 8 racks; possible: 8 ["),
        ("superpod-h100", 12, "a su is 8 racks; possible: 8 or 16"),
        ("superpod-h100", 72, "in racks, at most 64"),
        ("superpod-b200", 296, "possible: 288 racks or 304 racks"),
        ("gb200-nvl36-l3", 2, "did you mean 'gb200-nvl36-l2'?"),
    ],
)
def test_what_cannot_close_is_refused(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, system: str, racks: int, message: str
) -> None:
    path = tmp_path / "layout.yaml"
    assert main(["init", system, "--racks", str(racks), "-o", str(path)]) == 1
    captured = capsys.readouterr()
    assert captured.out == ""
    assert message in captured.err
    assert not path.exists()


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("planes: [su, rail]", "planes: [su, raill]", "unknown plane key 'raill'; did you mean 'rail'?"),
        ("planes: [su, rail]", "planes: [su, index]", "unknown plane key 'index'"),
        ("{spine: [pod, rail], core: [index]}", "{spine: [pod, rail]}", "no plane keys for the tier 'core'"),
        ("{spine: [pod, rail], core: [index]}", "{spin: [pod, rail], core: [index]}", "no tier 'spin'"),
        ("su: {label: SU, racks: 8}", "su: {label: SU}", "one grouping at most"),
        ("cages: osfp, unit: device", "cages: osfp, unit: port", "wired by asic or device"),
        ("cages: osfp, unit: device", "cages: qsfp, unit: device", "no 'qsfp' in the catalogs"),
        ("device: dgx-b200\n", "device: dgx-b2000\n", "no 'dgx-b2000' in the catalogs"),
    ],
)
def test_wrong_descriptions_are_named(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, old: str, new: str, message: str
) -> None:
    text = (shipped_folder("catalogs") / "systems.yaml").read_text(encoding="utf-8")
    first, rest = text.split("\n  superpod-b200:\n")
    assert old in rest
    own = tmp_path / "own.yaml"
    own.write_text(f"{first}\n  superpod-b200:\n{rest.replace(old, new)}", encoding="utf-8")
    assert main(["init", "superpod-b200", "--racks", "128", "--systems", str(own)]) == 1
    captured = capsys.readouterr()
    assert captured.out == ""
    assert message in captured.err


def test_nothing_is_overwritten(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    path = tmp_path / "mine.yaml"
    path.write_text("mine", encoding="utf-8")
    assert main(["init", "gb200-nvl36-l2", "--racks", "4", "-o", str(path)]) == 1
    assert "never overwritten" in capsys.readouterr().err
    assert path.read_text(encoding="utf-8") == "mine"


@pytest.mark.parametrize("words", [["--racks", "0"], ["--racks", "x"], []])
def test_wrong_numbers_are_usage_errors(planner_here: Planner, words: list[str]) -> None:
    run = planner_here("init", "gb200-nvl36-l2", *words)
    assert (run.returncode, run.stdout) == (2, "")
    assert "--racks" in run.stderr
