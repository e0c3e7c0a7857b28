"""The shipped catalogs: they read, they say where each number comes from, ids are unique."""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import product
from pathlib import Path

import pytest

from planner.inputs.catalog import CatalogReader
from planner.inputs.findings import Findings
from planner.inputs.library import Library
from planner.inputs.load import read_inputs
from planner.inputs.money import Exchange
from planner.inputs.shipped import find_layout, shipped_folder, shipped_names
from planner.inputs.source import MappingNode, load_yaml
from planner.model.evidence import Basis
from planner.model.media import Medium

CATALOGS = [name for name in shipped_names("catalogs") if name not in ("defaults", "labels", "systems")]


def read(*names: str) -> Library:
    findings = Findings()
    files = [(shipped_folder("catalogs") / f"{name}.yaml", name) for name in names]
    library = CatalogReader(Exchange("USD"), findings).read_all(files)
    findings.raise_if_any()
    return library


@pytest.mark.parametrize("name", CATALOGS)
def test_reads_alone_with_sources(name: str) -> None:
    library = read(name)
    assert library.places
    for part, records in library.provenance.items():
        assert part in library.places
        for record in records:
            assert record.source, f"{part} {record.field}"
            is_price = record.field.rsplit(".", 1)[-1] == "price"
            assert not is_price or re.fullmatch(r"\d{4}-\d{2}(-\d{2})?", record.date), (
                f"{part} {record.field}"
            )


@pytest.mark.parametrize("name", [*CATALOGS, "defaults", "labels"])
def test_every_source_is_used(name: str) -> None:
    path = shipped_folder("catalogs") / f"{name}.yaml"
    node = load_yaml(path, name)
    assert isinstance(node, MappingNode)
    sources = node.entries["sources"]
    assert isinstance(sources, MappingNode)
    text = path.read_text(encoding="utf-8")
    unused = [key for key in sources.entries if not re.search(rf"\[[a-z]+, {re.escape(key)}[,\]]", text)]
    assert unused == []


def test_all_read_together() -> None:
    library = read(*CATALOGS)
    assert {"default", "nvlink-listed"} <= set(library.profiles)
    for part, value in library.places.items():
        assert value.path.endswith(f".{part}")


def test_default_profile_reaches() -> None:
    catalog = read_inputs(find_layout("nvl576")).catalog
    longest = {option.medium: option.reach_mm for option in catalog.media}
    assert longest[Medium.DAC] == 1000
    assert longest[Medium.AEC] == 3000
    assert longest[Medium.OPTICS] == 500_000


def test_listed_profile_has_no_passive_copper() -> None:
    media = read_inputs(find_layout("nvl36x2-listed")).catalog.media
    assert [(option.medium, option.reach_mm) for option in media] == [
        (Medium.ACC, 1100),
        (Medium.OPTICS, 500_000),
    ]
    optics = media[1]
    assert all(plug.transceiver and plug.transceiver.part_number is None for plug in optics.plugs)
    assert optics.cables_per_run == 2


def test_parts_that_do_not_fit_are_left_out() -> None:
    library = read(*CATALOGS)
    inputs = read_inputs(find_layout("nvl576"))
    listed = {name for name, _value in library.profiles["default"]}
    misfits = listed - {option.id for option in inputs.catalog.media}
    assert misfits
    cages = [group for device in inputs.catalog.device_types.values() for group in device.cages]
    pairs = list(product(cages, repeat=2))
    assert not any(library.media[name].between(*pair, (1, 1)) for name in misfits for pair in pairs)


def test_a_twin_transceiver_carries_two_runs_right_after_one() -> None:
    """Profiles list each transceiver of several cords whole, then port by port."""
    library = read(*CATALOGS)
    twins = {name: option for name, option in library.transceivers.items() if option.cables_per_run > 1}
    assert twins
    for name, whole in twins.items():
        ports = library.media[f"{name}.port"]
        assert ports.is_shared
        assert [plug.runs for plug in ports.plugs] == [whole.cables_per_run] * 2
        assert (ports.cables_per_run, ports.plugs[0].lanes) == (1, whole.plugs[0].lanes)
    for options in library.profiles.values():
        names = [option for option, _value in options]
        for place, name in enumerate(names):
            if name in twins:
                assert names[place + 1] == f"{name}.port"


def test_ends_of_joins_are_those_of_their_transceivers() -> None:
    library = read(*CATALOGS)
    assert library.joins
    for option in library.joins.values():
        for plug in option.plugs:
            assert plug.lanes % plug.runs == 0
            if plug.transceiver:
                own = library.transceivers[plug.transceiver.id].plugs[0]
                assert replace(plug, runs=1) == own


def test_uplinks_of_a_rack() -> None:
    """A rack has 162 cages of 1.6T, as much up as down (hardware facts, section 2)."""
    catalog = read_inputs(find_layout("nvl36x2")).catalog
    (rack,) = catalog.rack_types.values()
    devices = [catalog.device_types[mount.device] for mount in rack.mounts]
    cages = [group for device in devices for group in device.cages]
    assert sum(group.count for group in cages) == 162
    assert sum(group.count * group.rate_gbps for group in cages) == sum(one.downlink_gbps for one in devices)
    assert sum(device.gpus for device in devices) == 36
    assert sum(device.asics for device in devices) == 18
    assert {group.count * group.links for group in cages} == {72}


def test_provenance_covers_used_parts_only() -> None:
    catalog = read_inputs(find_layout("nvl36x2")).catalog
    used = {*catalog.rack_types, *catalog.device_types, *catalog.protocols}
    used |= {option.id for option in catalog.media} | {option.cable.id for option in catalog.media}
    used |= {plug.transceiver.id for option in catalog.media for plug in option.plugs if plug.transceiver}
    assert {record.subject for record in catalog.provenance} == used
    assert any(record.basis is Basis.ASSUMPTION for record in catalog.provenance)


def test_readme_names_every_key() -> None:
    """The form is documented: no key of a shipped catalog is missing from catalogs/README.md."""
    folder = shipped_folder("catalogs")
    readme = (folder / "README.md").read_text(encoding="utf-8")
    keys: set[str] = set()
    for name in CATALOGS:
        keys |= set(re.findall(r"^ {4}([a-z_0-9]+):", (folder / f"{name}.yaml").read_text("utf-8"), re.M))
    missing = sorted(key for key in keys if not re.search(rf"\b{key}\b", readme))
    assert [key for key in missing if key not in {"default"}] == []


def test_made_to_length_unfolds_to_reach(tmp_path: Path) -> None:
    form = "made_to_length: {step: 0.5 m, price: 10 USD, price_per_meter: 4 USD}"
    errors = Path(__file__).parent / "errors" / "no-medium"
    text = (errors / "catalog.yaml").read_text(encoding="utf-8")
    text = text.replace("stock: {1 m: 100 USD, 2 m: 150 USD}", form)
    text = text.replace("stock: [vendor", "made_to_length: [vendor")
    path = tmp_path / "catalog.yaml"
    path.write_text(text, encoding="utf-8")
    findings = Findings()
    library = CatalogReader(Exchange("USD"), findings).read_all([(path, "catalog.yaml")])
    findings.raise_if_any()
    stock = library.media["short-cable"].cable.stock
    assert [(item.length_mm, item.price.cents) for item in stock] == [
        (500, 1200),
        (1000, 1400),
        (1500, 1600),
        (2000, 1800),
    ]
