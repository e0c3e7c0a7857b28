"""Tiers that stack, groups of racks, runs of ports: what layouts say of them and what comes in."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from planner.inputs.chain import chain_fabrics
from planner.inputs.findings import Findings
from planner.inputs.load import Inputs, read_inputs
from planner.model.layout import Granularity, Spread, TierSpec, TiersSpec, WiredUnit
from planner.model.names import natural_key
from planner.model.sites import cage_group

ERRORS = Path(__file__).parent / "errors"

ROOM = """
title: hosts and switches
catalogs: [catalog.yaml]
room: {width: 8 m, depth: 6 m, height: 3 m}
rows:
  A: {x: 1 m, y: 1 m, racks: {1-8: small-rack}}
"""
LEAF = """
fabrics:
  b-leaf:
    kind: tiers
    granularity: port
    lower: {device: host, cages: net, unit: port}
    upper: {device: switch, cages: all, numbers: [5-6, 1-3], unit: device, rack: small-rack}
"""
SPINE = """
  a-spine:
    kind: tiers
    lower: {fabric: b-leaf, cages: all, numbers: 9-16, unit: device, planes: 1}
    upper: {device: switch, cages: all, unit: device, rack: small-rack}
"""
TWIN_NET = (
    "net: {numbers: 1-4, connector: square cold, protocol: talk, face: front, ports: 2, links: 2, lanes: 8,"
)
SINGLE_NET = (
    "net: {numbers: 1-4, connector: round cold, protocol: talk, face: front, ports: 1, links: 1, lanes: 4,"
)
TWIN_ALL = TWIN_NET.replace("net", "all").replace("1-4", "1-16")
PASSIVE_ALL = "all: {numbers: 1-16, connector: round cold, face: rear, ports: 1, links: 1, lanes: 0,"


def read(tmp_path: Path, layout: str, *changes: tuple[str, str]) -> Inputs:
    """Read a layout beside a catalog of hosts and switches, changed in places."""
    catalog = (ERRORS / "fabric-cycle" / "catalog.yaml").read_text(encoding="utf-8")
    for old, new in changes:
        assert old in catalog
        catalog = catalog.replace(old, new)
    (tmp_path / "catalog.yaml").write_text(catalog, encoding="utf-8")
    (tmp_path / "layout.yaml").write_text(layout, encoding="utf-8")
    return read_inputs(tmp_path / "layout.yaml")


def tiers_of(inputs: Inputs) -> list[TiersSpec]:
    return [fabric for fabric in inputs.layout.fabrics if isinstance(fabric, TiersSpec)]


def media_of(inputs: Inputs) -> list[str]:
    return [option.id for option in inputs.catalog.media]


def test_a_fabric_comes_after_the_one_it_stands_on(tmp_path: Path) -> None:
    leaf, spine = tiers_of(read(tmp_path, ROOM + LEAF + SPINE))
    assert (leaf.name, spine.name) == ("b-leaf", "a-spine")
    assert (leaf.lower.below, spine.lower.below) == ("", "b-leaf")
    assert spine.lower.device == leaf.upper.device == "switch"
    assert leaf.upper.numbers == (1, 2, 3, 5, 6)
    assert spine.lower.numbers == tuple(range(9, 17))
    assert (leaf.granularity, spine.granularity) == (Granularity.PORT, Granularity.CAGE)
    assert leaf.lower.unit is WiredUnit.PORT
    assert (spine.planes, spine.plane_keys, spine.upper.numbers) == (1, (), None)


@pytest.mark.parametrize("keys", ["[rail, pod, half]", "[half, rail, pod]"])
def test_groups_and_plane_keys_in_one_order(tmp_path: Path, keys: str) -> None:
    groups = "groups: {pod: {P10: A03-A04, P2: [A05-08, A01, A02]}, half: {x: A01-08}}\n"
    layout = ROOM + groups + LEAF.replace("unit: port", f"unit: port, planes: {keys}")
    inputs = read(tmp_path, layout)
    assert list(inputs.layout.groups) == ["half", "pod"]
    assert list(inputs.layout.groups["pod"].items()) == [
        ("P2", ("A01", "A02", "A05", "A06", "A07", "A08")),
        ("P10", ("A03", "A04")),
    ]
    (leaf,) = tiers_of(inputs)
    assert (leaf.plane_keys, leaf.planes) == (("half", "pod", "rail"), None)


def test_granularity_left_out_is_an_assumption(tmp_path: Path) -> None:
    both = read(tmp_path, ROOM + LEAF + SPINE)
    ports = read(tmp_path, ROOM + LEAF)
    assert "fabric.granularity" in {record.field for record in both.layout.provenance}
    assert "fabric.granularity" not in {record.field for record in ports.layout.provenance}


def test_media_are_chosen_by_runs_a_cage(tmp_path: Path) -> None:
    by_port = ROOM + LEAF
    assert media_of(read(tmp_path, by_port)) == ["twin.port"]
    assert media_of(read(tmp_path, by_port.replace("port", "cage"))) == ["short-cable", "twin"]
    stacked = read(tmp_path, ROOM + LEAF + SPINE)
    assert media_of(stacked) == ["short-cable", "twin", "twin.port"]


def test_joins_fit_either_way_round(tmp_path: Path) -> None:
    """Hosts with a port a cage, switches with two: only breakouts join them."""
    inputs = read(tmp_path, ROOM + LEAF, (TWIN_NET, SINGLE_NET))
    assert media_of(inputs) == ["twin-to-two", "splitter"]
    optics, copper = inputs.catalog.media
    host = cage_group(inputs.catalog.device_types["host"], "net")
    switch = cage_group(inputs.catalog.device_types["switch"], "all")
    plugs = optics.between(host, switch, (1, 2))
    assert plugs is not None
    assert [plug.transceiver.id for plug in plugs if plug.transceiver] == ["single", "twin"]
    assert optics.between(switch, host, (1, 2)) is None
    assert (optics.cable.id, optics.runs_per_cable, optics.cable.loss_mdb) == ("fiber", 1, 500)
    assert (copper.cable.id, copper.runs_per_cable, copper.cables_per_run) == ("splitter", 2, 1)
    assert [item.price.cents for item in copper.cable.stock] == [10_000, 15_000]
    fields = {one.field for one in inputs.catalog.provenance if one.subject == "splitter"}
    assert {"cable.stock.1 m", "ends.runs", "ends.power", "runs_per_cable", "reach"} <= fields
    subjects = {one.subject for one in inputs.catalog.provenance}
    assert {"twin", "single", "twin-to-two", "fiber"} <= subjects


def test_light_passes_cages_without_lanes(tmp_path: Path) -> None:
    inputs = read(
        tmp_path,
        ROOM + LEAF,
        (f"{TWIN_ALL} lane_rate: 100 Gb/s", f"{PASSIVE_ALL} lane_rate: 0 Gb/s"),
        ("    price: 1000 USD\n", "    price: 1000 USD\n    loss: 2.5 dB\n"),
    )
    switch = inputs.catalog.device_types["switch"]
    assert switch.loss_mdb == 2500
    assert switch.cages[0].is_passive
    assert switch.cages[0].protocol == ""
    assert "" not in inputs.catalog.protocols
    assert media_of(inputs) == ["twin-to-two", "splitter"]


NAMES = st.lists(st.from_regex(r"[ab][0-9]{1,2}", fullmatch=True), min_size=1, max_size=7, unique=True)


def test_names_that_differ_in_zeros_alone_have_one_order() -> None:
    assert sorted(["a00", "a", "a10", "a0", "a2", "a1b"], key=natural_key) == [
        "a",
        "a0",
        "a00",
        "a1b",
        "a2",
        "a10",
    ]


@given(st.data(), NAMES)
def test_order_is_natural_wherever_it_may_be(data: st.DataObject, names: list[str]) -> None:
    """Repeatedly the first in natural order whose fabric below is done, whatever the file's order."""
    below = {
        name: data.draw(st.sampled_from(["", *names[:index]]), label=f"below {name}")
        for index, name in enumerate(names)
    }
    written = data.draw(st.permutations(names))
    findings = Findings()
    fabrics = [tier_fabric(name, below[name]) for name in written]
    ordered = [fabric.name for fabric in chain_fabrics(fabrics, names, {}, findings)]
    assert not findings.items
    expected: list[str] = []
    while len(expected) < len(names):
        free = [name for name in names if name not in expected and below[name] in ("", *expected)]
        expected.append(min(free, key=natural_key))
    assert ordered == expected


def tier_fabric(name: str, below: str) -> TiersSpec:
    return TiersSpec(
        name=name,
        lower=TierSpec(device="", cages="all", unit=WiredUnit.DEVICE, below=below),
        upper=TierSpec(device="switch", cages="all", unit=WiredUnit.DEVICE),
        upper_rack_type="rack",
        racks=(),
        spread=Spread.BALANCED,
        oversubscription=None,
    )
