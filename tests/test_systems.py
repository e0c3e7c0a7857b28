"""The systems that ship: each catalog and each layout, through the commands that users call."""

from __future__ import annotations

import re
from pathlib import Path
from typing import NamedTuple

import pytest

from planner.cli import main
from planner.errors import Severity
from planner.inputs.catalog import CatalogReader
from planner.inputs.findings import Findings
from planner.inputs.library import Library
from planner.inputs.money import Exchange
from planner.inputs.shipped import shipped_folder, shipped_names
from planner.inputs.source import MappingNode, load_yaml
from planner.model.evidence import Basis
from planner.units import ceil_div
from tests.conftest import Planner, PlanOf, ShippedPlan
from tests.test_campus import CAMPUSES
from tests.test_fabrics_together import TWO_DOMAINS
from tests.test_scale_out import TIERS

NOT_PARTS = ("defaults", "labels", "systems")
CATALOGS = [name for name in shipped_names("catalogs") if name not in NOT_PARTS]
LAYOUTS = [name for name in shipped_names("layouts") if name not in (*TIERS, *CAMPUSES, TWO_DOMAINS)]
"""Those of one fabric; the others have tests of their own."""

ERRORS = Path(__file__).parent / "errors"
NVL36_RACKS = Path(__file__).parent / "systems" / "nvl36-racks.yaml"


def library(*names: str) -> Library:
    findings = Findings()
    files = [(shipped_folder("catalogs") / f"{name}.yaml", name) for name in names]
    read = CatalogReader(Exchange("USD"), findings).read_all(files)
    findings.raise_if_any()
    return read


@pytest.mark.parametrize("name", CATALOGS)
def test_catalog(name: str) -> None:
    """It reads alone, every number has a source and a basis, ports are told apart, ids are its own."""
    read = library(name)
    protocols = library(*CATALOGS).protocols
    assert read.places
    for part, records in read.provenance.items():
        assert records or part in read.protocols
        assert all(record.source and record.basis in Basis for record in records), part
    for device in read.device_types.values():
        assert len({group.name for group in device.cages}) == len(device.cages)
        for group in device.cages:
            assert len(group.asic_of_cage) == group.count
            assert set(group.asic_of_cage) <= (set(range(1, device.asics + 1)) or {0})
            assert group.offset_mm is None or len(group.offset_mm) == group.count
            assert group.is_passive or group.protocol in protocols
    for other in CATALOGS:
        assert other == name or not set(read.places) & set(library(other).places)


@pytest.mark.parametrize("name", CATALOGS)
def test_cage_numbers_are_given_once(name: str) -> None:
    """Counted in the file itself: the reader could fold a number that stands there twice."""
    node = load_yaml(shipped_folder("catalogs") / f"{name}.yaml", name)
    assert isinstance(node, MappingNode)
    devices = node.entries.get("devices")
    for device, entry in devices.entries.items() if isinstance(devices, MappingNode) else ():
        assert isinstance(entry, MappingNode)
        cages = entry.entries.get("cages")
        numbers: list[int] = []
        for group in cages.entries.values() if isinstance(cages, MappingNode) else ():
            assert isinstance(group, MappingNode)
            low, _, high = getattr(group.entries["numbers"], "text", "").partition("-")
            numbers += range(int(low), int(high or low) + 1)
        assert numbers == list(range(1, len(numbers) + 1)), device


def test_nothing_forward_looking_claims_a_vendor() -> None:
    read = library("rubin-2026")
    bases = {record.basis for records in read.provenance.values() for record in records}
    assert bases == {Basis.DERIVED, Basis.ASSUMPTION}
    for part in {*read.rack_types, *read.device_types}:
        assert re.search(r"-20\d\d", part), f"{part} does not say which generation it is of"


class Figures(NamedTuple):
    """What a layout's plan must say of its one fabric."""

    gpus: int
    lower: tuple[int, int]
    upper: tuple[int, int]
    planes: int
    runs: int
    pair_runs: tuple[int, int]
    oversubscription: tuple[int, int]
    rate_gbps: int


PAIR = Figures(72, (18, 36), (0, 0), 36 // 2, 162, (0, 0), (0, 0), 1600)
NVL576 = (
    "nvl576",
    "nvl576-one-row",
    "nvl576-four-rows",
    "nvl576-middle",
    "nvl576-ends",
    "nvl576-spread",
    "nvl576-listed",
)
FIGURES = {
    "nvl36x2": PAIR,
    "nvl36x2-listed": PAIR,
    "nvl144": Figures(144, (36, 72), (18, 36), 18, 648, (4, 5), (1, 1), 1600),
    **dict.fromkeys(
        ("nvl288", "nvl288-feeds", "nvl288-pinned", "nvl288-open", "nvl288-supply"),
        Figures(288, (72, 144), (36, 72), 18, 1296, (2, 3), (1, 1), 1600),
    ),
    "nvl576-12-racks": Figures(432, (108, 216), (72, 144), 18, 1944, (1, 2), (1, 1), 1600),
    **dict.fromkeys(NVL576, Figures(576, (144, 288), (72, 144), 18, 2592, (1, 2), (1, 1), 1600)),
    "nvl648": Figures(648, (162, 324), (81, 162), 18, 2916, (1, 1), (1, 1), 1600),
    "gh200-nvl256": Figures(256, (96, 192), (36, 72), 3, 1152, (1, 1), (1, 1), 800),
    "h100-nvl256": Figures(256, (32, 128), (18, 36), 1, 576, (1, 1), (2, 1), 800),
    "rubin-ultra-nvl576-oberon-2026": Figures(576, (144, 576), (72, 288), 72, 5184, (2, 3), (1, 1), 1600),
}


@pytest.mark.parametrize("name", LAYOUTS)
def test_layout(name: str, shipped_plan: ShippedPlan, planner_here: Planner, plan_of: PlanOf) -> None:
    """It plans, the plan verifies, and its figures are those stated here."""
    assert name in FIGURES, f"state the figures of {name} here"
    check = planner_here("verify", shipped_plan(name))
    assert check.returncode == 0, check.stdout + check.stderr
    plan = plan_of(name)
    assert [finding for finding in plan.findings if finding.severity is not Severity.WARNING] == []
    (fabric,) = plan.fabrics
    found = Figures(
        fabric.gpus,
        (fabric.lower_devices, fabric.lower_asics),
        (fabric.upper_devices, fabric.upper_asics),
        fabric.planes,
        fabric.runs,
        fabric.pair_runs,
        fabric.oversubscription,
        plan.runs[0].rate_gbps,
    )
    assert found == FIGURES[name]
    assert (fabric.ends, len(plan.runs)) == (2 * fabric.runs, fabric.runs)


def test_ends_and_switches_for_each_gpu() -> None:
    """As published, but for GH200: the note says 8 ends, the ports say 9."""
    ends = {name: 2 * one.runs / one.gpus for name, one in FIGURES.items()}
    assert ends["gh200-nvl256"] == ends["nvl576"] == 9
    assert ends["h100-nvl256"] == 4.5
    assert round(FIGURES["gh200-nvl256"].gpus / FIGURES["gh200-nvl256"].upper[0], 1) == 7.1
    assert FIGURES["nvl576"].gpus / FIGURES["nvl576"].upper[1] == 4


def checked(tmp_path: Path, capsys: pytest.CaptureFixture[str], racks: int, spread: str) -> tuple[int, str]:
    """Run ``planner check`` on that many NVL36 racks; return its exit code and all it says."""
    text = NVL36_RACKS.read_text(encoding="utf-8").replace("RACKS", str(racks)).replace("SPREAD", spread)
    path = tmp_path / "racks.yaml"
    path.write_text(text, encoding="utf-8")
    code = main(["check", str(path)])
    shown = capsys.readouterr()
    return code, shown.out + shown.err


PUBLISHED = {
    "balanced": {2: 9, 4: 18, 5: 27, 6: 27, 8: 36, 12: 54, 16: 72, 18: 81},
    "uniform": {2: 9, 4: 27, 6: 27, 8: 81, 12: 81, 16: 81, 18: 81},
}
"""L2 switch trays by racks (product.md, section 5)."""


def trays_needed(racks: int, spread: str) -> int:
    """18 planes of nine uplinks a rack, two ASICs of 18 cages a tray."""
    fewest = ceil_div(9 * racks, 18)
    asics = fewest if spread == "balanced" else next(k for k in (1, 3, 9) if k >= fewest)
    return ceil_div(18 * asics, 2)


@pytest.mark.parametrize("spread", sorted(PUBLISHED))
@pytest.mark.parametrize("racks", range(2, 19))
def test_racks_into_an_upper_tier(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], racks: int, spread: str
) -> None:
    trays = trays_needed(racks, spread)
    assert PUBLISHED[spread].get(racks, trays) == trays
    code, text = checked(tmp_path, capsys, racks, spread)
    assert code == 0, text
    assert (
        f"{36 * racks} GPUs, 18 planes, {18 * racks} lower units, {162 * racks:,} runs,"
        f" {2 * trays} upper units in {trays} devices" in text
    )


@pytest.mark.parametrize("spread", sorted(PUBLISHED))
def test_nineteen_racks_are_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str], spread: str) -> None:
    code, text = checked(tmp_path, capsys, 19, spread)
    assert code == 1
    assert "19 lower units x 9 uplinks = 171 runs a plane need 10 upper units of 18 cages" in text
    assert f"possible: 18 racks, {spread} (81 x 'nvlink5-l2-switch-tray')" in text


@pytest.mark.parametrize("folder", ["cages-short", "spread-impossible"])
def test_impossible_fabrics_are_refused_in_words(
    folder: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """NVL36x2 as a pair and into L2 at full rate; nineteen racks."""
    monkeypatch.chdir(ERRORS / folder)
    out = tmp_path / "out"
    assert main(["plan", "layout.yaml", "-o", str(out)]) == 1
    shown = capsys.readouterr()
    assert shown.err == (ERRORS / folder / "expected.txt").read_text(encoding="utf-8")
    assert not out.exists()
