"""``planner size``: published figures, the note's claims, what is refused; through the command line."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from planner.cli import main
from planner.inputs.load import read_inputs
from planner.inputs.shipped import find_layout, shipped_folder
from planner.inputs.sizing import read_sizing
from planner.inputs.source import MappingNode, load_yaml
from planner.model.evidence import Basis
from planner.topology.build import build_fabrics
from planner.units import format_money
from tests.conftest import ROOT, Planner
from tests.golden_sizes import COMMANDS, FOLDER

SYSTEMS = shipped_folder("catalogs") / "systems.yaml"
Size = Callable[..., dict[str, Any]]
Refusal = Callable[..., str]


@pytest.fixture
def document(capsys: pytest.CaptureFixture[str]) -> Size:
    """Return what ``planner size ... --json`` prints."""

    def call(*words: str) -> dict[str, Any]:
        assert main(["size", *words, "--json"]) == 0
        captured = capsys.readouterr()
        assert captured.err == ""
        loaded: dict[str, Any] = json.loads(captured.out)
        return loaded

    return call


@pytest.fixture
def size(document: Size) -> Size:
    """Return the one system that ``planner size ... --json`` prints."""

    def call(*words: str) -> dict[str, Any]:
        (system,) = document(*words)["systems"]
        assert isinstance(system, dict)
        return system

    return call


@pytest.fixture
def refusal(capsys: pytest.CaptureFixture[str]) -> Refusal:
    """Return what ``planner size`` says when it refuses."""

    def call(*words: str) -> str:
        assert main(["size", *words]) == 1
        captured = capsys.readouterr()
        assert captured.out == ""
        return captured.err

    return call


@pytest.mark.parametrize("name", COMMANDS)
def test_golden(planner_here: Planner, name: str) -> None:
    """Where this fails after a change that is meant: ``python -m tests.golden_sizes``."""
    run = planner_here(*COMMANDS[name])
    assert (run.returncode, run.stderr) == (0, "")
    assert run.stdout == (FOLDER / name).read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("system", "gpus", "inner_asics", "inner_trays"),
    [
        ("h100-nvl8", 8, 4, 0),
        ("h200-nvl8", 8, 4, 0),
        ("b200-nvl8", 8, 2, 0),
        ("gb200-nvl72", 72, 18, 9),
        ("gb300-nvl72", 72, 18, 9),
        ("gh200-nvl32", 32, 18, 9),
        ("vr-nvl144-oberon-2025", 72, 36, 9),
        ("rubin-ultra-nvl576-kyber-2025", 144, 72, 18),
    ],
)
def test_one_block_has_no_runs(
    size: Size, refusal: Refusal, system: str, gpus: int, inner_asics: int, inner_trays: int
) -> None:
    one = size(system)
    assert (one["gpus"], one["inner_asics"], one["inner_trays"]) == (gpus, inner_asics, inner_trays)
    assert (one["runs"], one["ends"], one["asics"], one["trays"], one["joins"]) == (0, 0, 0, 0, [])
    assert (one["gpus_per_asic"], one["ratios"], one["prices"]) == (None, [], [])
    for words in (["--tiers", "2"], ["--racks", "2"], ["--taper", "2:1"]):
        message = refusal(system, *words)
        assert "have no cages for uplinks" in message
        assert "Traceback" not in message


def test_refused_tiers_name_a_sibling(refusal: Refusal) -> None:
    assert "possible: gb200-nvl36-l2; 1 tier" in refusal("gb200-nvl72", "--tiers", "2")


def test_pair(size: Size, refusal: Refusal) -> None:
    pair = size("gb200-nvl36x2")
    assert (pair["gpus"], pair["runs"], pair["ends"], pair["run_gbps"]) == (72, 162, 324, 1600)
    assert (pair["inner_asics"], pair["inner_trays"], pair["trays"]) == (36, 18, 0)
    assert size("gb200-nvl36x2", "--domains", "3")["runs"] == 486
    assert "a rack needs 162 + 162 = 324 cages, 162 are there" in refusal("gb200-nvl36x2", "--tiers", "2")
    for racks in ("1", "3", "4"):
        assert "no pair" in refusal("gb200-nvl36x2", "--racks", racks)


@pytest.mark.parametrize(
    ("racks", "balanced", "uniform"),
    [(2, 9, 9), (4, 18, 27), (5, 27, 27), (6, 27, 27), (8, 36, 81), (12, 54, 81), (16, 72, 81), (18, 81, 81)],
)
def test_l2_trays(size: Size, racks: int, balanced: int, uniform: int) -> None:
    for spread, trays in (("balanced", balanced), ("uniform", uniform)):
        one = size("gb200-nvl36-l2", "--racks", str(racks), "--spread", spread)
        assert (one["trays"], one["asics"], one["runs"]) == (trays, 2 * trays, 162 * racks)
        fewest, most = one["joins"][0]["pair_runs"]
        assert most - fewest <= (spread == "balanced")


@pytest.mark.parametrize("racks", range(1, 19))
def test_every_number_of_racks_up_to_18_closes(size: Size, racks: int) -> None:
    one = size("gb200-nvl36-l2", "--racks", str(racks))
    assert one["equivalent_ends_per_gpu"] == 9
    assert one["joins"][0]["pair_runs"][0] >= 1
    assert one == size("gb200-nvl36-l2", "--gpus", str(36 * racks))


def test_nineteen_racks_are_refused_with_the_sum(refusal: Refusal) -> None:
    message = refusal("gb200-nvl36-l2", "--racks", "19")
    assert "19 lower units x 9 uplinks = 171 runs a plane need 10 upper units of 18 cages" in message
    assert "a pair would get none" in message
    assert "possible: 18 x rack (162 ASICs in 81 trays)" in message
    assert "19 x rack, runs spread by tray (180 ASICs in 90 trays)" in message


def test_a_named_alternative_is_possible(size: Size) -> None:
    one = size("gb200-nvl36-l2", "--racks", "19", "--unit", "tray")
    assert (one["asics"], one["trays"]) == (180, 90)


def test_nvl576(size: Size) -> None:
    one = size("gb200-nvl36-l2")
    assert (one["gpus"], one["inner_asics"], one["inner_trays"]) == (576, 288, 144)
    assert (one["asics"], one["trays"], one["runs"], one["ends"]) == (144, 72, 2592, 5184)
    assert (one["ends_per_gpu"], one["equivalent_ends_per_gpu"]) == (9, 9)
    assert (one["gpus_per_asic"], one["gpus_per_tray"]) == (4, 8)
    (join,) = one["joins"]
    assert (join["planes"], join["upper_units"], join["pair_runs"]) == (18, 144, [1, 2])
    assert size("gb200-nvl36-l2", "--spread", "uniform")["asics"] == 162


def test_campus(size: Size) -> None:
    one = size("gb200-nvl36-l2", "--domains", "174")
    assert (one["gpus"], one["runs"]) == (100_224, 451_008)


def test_gh200_nvl256(size: Size) -> None:
    one = size("gh200-nvl256")
    assert (one["inner_trays"], one["trays"], one["runs"], one["run_gbps"]) == (96, 36, 1152, 800)
    assert (one["ends"], one["ends_per_gpu"], one["equivalent_ends_per_gpu"]) == (2304, 9, 4.5)
    assert round(one["gpus_per_tray"], 1) == 7.1
    assert one["joins"][0]["pair_runs"] == [1, 1]


def test_h100_nvlink_switch_system(size: Size, refusal: Refusal) -> None:
    one = size("h100-nvlink-switch-256")
    assert (one["gpus"], one["trays"], one["runs"], one["taper"]) == (256, 18, 576, "2:1")
    assert one["ends_per_gpu"] == 4.5
    assert "36 uplinks of one block, but it has 18 whole ones" in refusal(
        "h100-nvlink-switch-256", "--taper", "1:1"
    )


def test_eight_oberon_racks(size: Size) -> None:
    one = size("rubin-ultra-nvl576-oberon-2026")
    assert (one["gpus"], one["runs"], one["asics"], one["trays"]) == (576, 5184, 288, 72)


def test_forward_looking_numbers_are_derived_or_assumed(document: Size) -> None:
    systems = document("--generation", "nvlink7")["systems"] + document("--generation", "nvlink6")["systems"]
    bases = {record["basis"] for system in systems for record in system["provenance"]}
    assert len(systems) == 3
    assert bases == {"derived", "assumption"}


def test_scale_out(size: Size, refusal: Refusal) -> None:
    two, three = size("xdr-two-tier"), size("xdr-three-tier")
    assert (two["gpus"], two["equivalent_ends_per_gpu"], two["gpus_per_tray"]) == (10_368, 2, 48)
    assert (three["equivalent_ends_per_gpu"], three["gpus_per_tray"]) == (3, 28.8)
    assert [join["trays"] for join in three["joins"]] == [288, 288, 144]
    message = refusal("xdr-two-tier", "--gpus", "10369")
    assert "a pair would get none; possible: 10,368 x gpu" in message
    assert size("xdr-two-tier", "--gpus", "10369", "--tiers", "3")["tiers"] == 3
    assert size("xdr-two-tier", "--taper", "2:1")["joins"][1]["runs"] == 108 * 48
    assert "no tier joins those" in refusal("xdr-two-tier", "--tiers", "1")


def test_largest_three_tiers(size: Size, refusal: Refusal) -> None:
    assert size("xdr-three-tier", "--gpus", str(2 * 72**3))["gpus"] == 746_496
    assert "746,496 x gpu" in refusal("xdr-three-tier", "--gpus", str(2 * 72**3 + 1))


def test_ratios(size: Size) -> None:
    two, three = size("gb200-nvl36-l2")["ratios"]
    assert (two["to"], two["equivalent_ends"], two["switches"]["ASICs : trays"]) == (
        "xdr-two-tier",
        4.5,
        [12, 12],
    )
    assert (three["equivalent_ends"], three["switches"]["ASICs : trays"]) == (3, [7.2, 7.2])
    assert three["switches"]["trays : trays"] == [3.6, 3.6]


@pytest.mark.parametrize(
    ("system", "units", "trays", "leaf_spine_runs"),
    [
        ("superpod-h100", 1, [8, 4], 256),
        ("superpod-h100", 2, [16, 8], 512),
        ("superpod-h100", 3, [24, 16], 768),
        ("superpod-h100", 4, [32, 16], 1024),
        ("superpod-b200", 2, [16, 8], 512),
        ("superpod-b200", 4, [32, 16], 1024),
        ("superpod-b200", 8, [64, 32], 2048),
        ("superpod-b200", 16, [128, 128, 64], 4096),
        ("superpod-b200", 32, [256, 256, 128], 8192),
        ("superpod-b200", 64, [512, 512, 256], 16384),
    ],
)
def test_superpods(size: Size, system: str, units: int, trays: list[int], leaf_spine_runs: int) -> None:
    one = size(system, "--racks", str(units))
    assert [join["trays"] for join in one["joins"]] == trays
    assert one["joins"][1]["runs"] == leaf_spine_runs


def test_verdicts_on_the_note(document: Size) -> None:
    note = {claim["claim"]: claim for claim in document("gb200-nvl36-l2", "--note")["note"]}
    verdicts = {name: claim["verdict"] for name, claim in note.items()}
    wrong = {name for name, verdict in verdicts.items() if verdict == "wrong"}
    assert wrong == {"gh200-modules", "switches-ratio"}
    assert note["gh200-modules"]["computed"] == [9, 9]
    assert note["switches-ratio"]["computed"] == [7.2, 12]
    assert note["switches-ratio"]["mixes_units"] is True
    assert {name for name, verdict in verdicts.items() if verdict == "about right"} == {
        "gh200-switches",
        "scale-out-switches",
    }
    assert (note["l2-switches"]["counted"], note["gh200-switches"]["counted"]) == ("ASICs", "trays")


def test_the_listed_profile_changes_the_verdict_on_copper(document: Size) -> None:
    note = document("gb200-nvl36-l2", "--note", "--profile", "nvlink-listed")["note"]
    verdicts = {claim["claim"]: (claim["verdict"], claim["computed"][0]) for claim in note}
    assert verdicts["reach-passive"] == ("wrong", 0)
    assert verdicts["reach-active"] == ("wrong", 1.1)


def test_demand_chain(size: Size) -> None:
    words = ["--capex", "200 billion USD", "--chip-share", "40 %", "--chip-price", "50000"]
    demand = size("gb200-nvl36-l2", *words)["demand"]
    assert demand["chips"] == 200 * 10**9 * 40 // 100 // 50_000
    assert demand["equivalent_ends"] == 9 * demand["chips"]
    assert demand["asics"] == demand["chips"] / 4
    doubled = size("gb200-nvl36-l2", *words, "--chip-bandwidth", "14.4 Tb/s", "--chip-tiers", "2")["demand"]
    assert doubled["equivalent_ends"] == 4 * demand["equivalent_ends"]


@pytest.mark.parametrize(
    "system", ["gb200-nvl36-l2", "gb200-nvl36x2", "gh200-nvl256", "h100-nvlink-switch-256"]
)
def test_the_chain_agrees_with_the_size(size: Size, system: str) -> None:
    one = size(system)
    assert one["demand"]["equivalent_ends"] == one["demand"]["chips"] * one["equivalent_ends_per_gpu"]


def test_prices_are_those_of_the_media_catalog(size: Size) -> None:
    prices = {price["medium"]: price for price in size("gb200-nvl36-l2")["prices"]}
    assert format_money(prices["dac"]["least_cents"]) == f"{2592 * 322}.00"
    # Two transceivers, and two cords of 3 m (34.50) to 150 m (255).
    assert prices["optics"]["least_cents"] == 2592 * (2 * 85_000 + 2 * 3_450)
    assert prices["optics"]["most_cents"] == 2592 * (2 * 85_000 + 2 * 25_500)
    assert prices["optics"]["basis"] == ["analyst", "assumption"]


@pytest.mark.parametrize(
    ("system", "layout"),
    [
        ("gb200-nvl36-l2", "nvl576"),
        ("gb200-nvl36x2", "nvl36x2"),
        ("gh200-nvl256", "gh200-nvl256"),
        ("h100-nvlink-switch-256", "h100-nvl256"),
    ],
)
def test_sizes_are_those_of_the_shipped_layouts(size: Size, system: str, layout: str) -> None:
    inputs = read_inputs(find_layout(layout))
    (fabric,) = build_fabrics(inputs.layout, inputs.catalog)
    one = size(system)
    assert one["gpus"] == fabric.gpus
    assert one["run_gbps"] == fabric.rate_gbps
    if one["trays"]:
        assert one["trays"] == fabric.upper_devices  # type: ignore[union-attr]
        assert one["runs"] == len(fabric.lower_units) * fabric.uplinks  # type: ignore[union-attr]
    else:
        assert one["runs"] == len(fabric.runs)  # type: ignore[union-attr]


def test_more_gpus_than_a_domain_may_join_is_a_warning(planner_here: Planner) -> None:
    run = planner_here("size", "gb200-nvl36-l2", "--racks", "18")
    assert run.returncode == 0
    assert "warning: gb200-nvl36-l2 joins 648 GPUs in a domain, but 576 is the stated limit" in run.stdout


def test_unknown_names_have_a_nearest_one(refusal: Refusal) -> None:
    assert "did you mean 'gb200-nvl36-l2'?" in refusal("gb200-nvl36-l3")
    assert "did you mean 'nvlink5'?" in refusal("--generation", "nvlnk5")
    assert "did you mean 'default'?" in refusal("gb200-nvl36-l2", "--profile", "defalt")


def test_refusals_of_several_systems_come_together(refusal: Refusal) -> None:
    message = refusal("gb200-nvl72", "gb200-nvl36-l2", "gh200-nvl32", "--racks", "19")
    assert message.count("error: ") == 3


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--gpus", "0"], "found '0', expected a whole number from 1"),
        (["--gpus", "-36"], "expected"),
        (["--racks", "two"], "found 'two', expected a whole number from 1"),
        (["--racks", "2", "--gpus", "72"], "not allowed with argument"),
        (["--taper", "2"], "found '2', expected downlink : uplink"),
        (["--spread", "even"], "invalid choice: 'even'"),
        (["--capex", "much"], "found 'much', expected money such as '100 billion USD'"),
        (["--chip-price", "0 USD"], "expected money"),
        (["--chip-share", "120 %"], "expected at most 100 %"),
        (["--chip-bandwidth", "7.2"], "expected a number and a unit"),
        (["--chip-tiers", "1/2"], "expected a decimal number"),
    ],
)
def test_wrong_numbers_are_usage_errors(planner_here: Planner, words: list[str], message: str) -> None:
    run = planner_here("size", "gb200-nvl36-l2", *words)
    assert (run.returncode, run.stdout) == (2, "")
    assert message in run.stderr


def test_other_wishes_that_fail(refusal: Refusal) -> None:
    assert "possible: 72 (2) or 108 (3)" in refusal("gb200-nvl36-l2", "--gpus", "100")
    assert "possible: 9:4 (4 uplinks), 9:5 (5 uplinks)" in refusal("gb200-nvl36-l2", "--taper", "2:1")
    assert "the L2 switches have no uplinks" in refusal("gb200-nvl36-l2", "--tiers", "3")
    assert "blocks are joined by at least 2" in refusal("gb200-nvl36-l2", "--tiers", "1")
    assert "runs cannot be spread by asic" in refusal("xdr-two-tier", "--unit", "asic")
    assert "into fractions" in refusal("xdr-two-tier", "--taper", "3:2")
    assert "found EUR, but the catalogs count in USD" in refusal("gb200-nvl36-l2", "--capex", "5 EUR")


def test_own_catalog_and_its_errors(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    text = SYSTEMS.read_text(encoding="utf-8")
    own = tmp_path / "own.yaml"
    own.write_text(
        text.replace("runs: 162", "runs: 161").replace("figure: blocks", "figure: blokcs"), "utf-8"
    )
    assert main(["size", "--systems", str(own)]) == 1
    err = capsys.readouterr().err
    place = next(number for number, line in enumerate(text.splitlines(), 1) if "runs: 162" in line)
    assert f"{own}:{place}:" in err
    assert "161 runs of a rack do not divide among its 18 units" in err
    assert "found 'blokcs', expected one of" in err
    own.write_text(text, encoding="utf-8")
    assert main(["size", "gb200-nvl36-l2", "--systems", str(own)]) == 0


def test_every_number_has_a_source_and_every_source_is_used() -> None:
    inputs = read_sizing(None)
    records = [record for system in inputs.systems.values() for record in system.provenance]
    assert all(record.source for record in [*records, *inputs.provenance])
    assert {record.basis for record in records} == set(Basis)
    node = load_yaml(SYSTEMS, "systems")
    assert isinstance(node, MappingNode)
    sources = node.entries["sources"]
    assert isinstance(sources, MappingNode)
    text = SYSTEMS.read_text(encoding="utf-8")
    unused = [key for key in sources.entries if not re.search(rf"\[[a-z]+, {re.escape(key)}[,\]]", text)]
    assert unused == []


def test_every_key_is_documented() -> None:
    readme = (ROOT / "catalogs/README.md").read_text(encoding="utf-8")
    keys = set(re.findall(r"(?:^ {4,6}|[{,] ?)([a-z_0-9]+):", SYSTEMS.read_text(encoding="utf-8"), re.M))
    assert [key for key in sorted(keys) if not re.search(rf"\b{key}\b", readme)] == []


def test_the_readme_states_where_the_note_is_wrong() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert "9 ends a GPU" in readme
    assert "7.2" in readme


@pytest.mark.parametrize("command", ["size", "init"])
def test_every_option_is_documented(planner_here: Planner, command: str) -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    options = set(re.findall(r"--[a-z-]+", planner_here(command, "--help").stdout)) - {"--help", "--output"}
    assert [option for option in sorted(options) if option not in readme] == []
