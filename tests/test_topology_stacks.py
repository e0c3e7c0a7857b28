"""Tiers that stack: published counts, planes by keys, ports, and what is refused."""

from __future__ import annotations

from dataclasses import replace

import pytest

from planner.errors import InfeasibleError
from planner.model.catalog import Catalog
from planner.model.fabric import Socket, TierFabric
from planner.model.layout import Granularity, Layout, TierSpec, TiersSpec, WiredUnit
from planner.model.solution import PlacedDevice
from planner.topology.build import build_fabrics
from planner.topology.chain import bind_lower, provisional_places
from tests.halls import make_hall
from tests.stacks import DOWN, UP, make_stack, stacked, tier


def tiers(hall: tuple[Layout, Catalog]) -> list[TierFabric]:
    fabrics = build_fabrics(*hall)
    assert all(isinstance(fabric, TierFabric) for fabric in fabrics)
    return [fabric for fabric in fabrics if isinstance(fabric, TierFabric)]


def refusals(hall: tuple[Layout, Catalog]) -> list[str]:
    with pytest.raises(InfeasibleError) as caught:
        build_fabrics(*hall)
    return [f"{finding.code}: {finding.message}" for finding in caught.value.findings]


def with_fabrics(hall: tuple[Layout, Catalog], *fabrics: TiersSpec) -> tuple[Layout, Catalog]:
    return replace(hall[0], fabrics=fabrics), hall[1]


def specs(hall: tuple[Layout, Catalog]) -> list[TiersSpec]:
    return [spec for spec in hall[0].fabrics if isinstance(spec, TiersSpec)]


@pytest.mark.parametrize(
    ("units", "leaf", "spine", "runs"),
    [(1, 8, 4, 256), (2, 16, 8, 512), (3, 24, 16, 768), (4, 32, 16, 1024), (8, 64, 32, 2048)],
)
def test_published_counts_of_two_tiers(units: int, leaf: int, spine: int, runs: int) -> None:
    lower, upper = tiers(make_stack(units))
    assert (lower.upper_devices, upper.upper_devices) == (leaf, spine)
    assert len(lower.lower_units) * lower.uplinks == len(upper.lower_units) * upper.uplinks == runs
    assert (len(lower.planes), len(upper.planes)) == (8 * units, 1)
    assert (lower.upper_per_plane, lower.upper_ports, upper.upper_ports) == (1, 32, 64)
    assert upper.oversubscription == (1, 1)
    assert lower.gpus == upper.gpus == 256 * units
    assert (upper.rate_gbps, upper.links_per_run, upper.runs_per_cage) == (800, 2, (2, 2))


@pytest.mark.parametrize(
    ("units", "leaf", "spine", "core"), [(16, 128, 128, 64), (32, 256, 256, 128), (64, 512, 512, 256)]
)
def test_published_counts_of_three_tiers(units: int, leaf: int, spine: int, core: int) -> None:
    fabrics = tiers(make_stack(units, three_tiers=True))
    assert [fabric.upper_devices for fabric in fabrics] == [leaf, spine, core]
    assert {fabric.gpus for fabric in fabrics} == {256 * units}
    assert {fabric.oversubscription for fabric in fabrics[1:]} == {(1, 1)}
    assert fabrics[0].plane_names[:9] == (*(f"SU1 rail {rail}" for rail in range(8)), "SU2 rail 0")
    assert fabrics[1].plane_names[:2] == ("P1 rail 0", "P1 rail 1")
    assert fabrics[2].plane_names[9:11] == ("index 9", "index 10")


def test_ten_thousand_ports_on_large_switches() -> None:
    layout, catalog = make_hall(
        ["L" * 36 + "SSS"] * 2,
        trays_per_rack=36,
        lower_asics=1,
        lower_cages=2,
        upper_asics=1,
        upper_cages=72,
        slots_per_rack=36,
    )
    groups = {f"G{n}": (f"A{n * 2 - 1:02d}", f"A{n * 2:02d}") for n in range(1, 19)}
    groups |= {f"G{n + 18}": (f"B{n * 2 - 1:02d}", f"B{n * 2:02d}") for n in range(1, 19)}
    hosts = TierSpec(device="lower-tray", cages="uplink", unit=WiredUnit.PORT)
    down, up = tuple(range(1, 37)), tuple(range(37, 73))
    leaf = stacked("1-leaf", hosts, tier("upper-tray", down), "group", "rail")
    spine = stacked("2-spine", tier("upper-tray", up, "1-leaf"), tier("upper-tray"))
    layout = replace(layout, fabrics=(leaf, spine), groups={"group": groups})
    lower, upper = tiers((layout, catalog))
    assert len(lower.lower_units) == 36 * 72 * 4 == 10_368
    assert (lower.upper_devices, upper.upper_devices) == (144, 72)
    assert upper.pair_runs == (1, 1)


def test_hosts_that_spread_over_all_leaf_switches() -> None:
    hall = make_stack(2)
    leaf, spine = specs(hall)
    leaf = replace(leaf, lower=replace(leaf.lower, unit=WiredUnit.DEVICE), plane_keys=("su",))
    lower, upper = tiers(with_fabrics(hall, leaf, spine))
    assert lower.plane_names == ("SU1", "SU2")
    assert (lower.upper_per_plane, lower.pair_runs, lower.upper_load) == (8, (1, 1), (32, 32))
    assert (lower.upper_devices, upper.upper_devices) == (16, 8)
    assert len(lower.lower_units[0].sockets) == 8


def test_units_are_ports_cages_or_devices() -> None:
    hall = make_stack(1)
    leaf = specs(hall)[0]
    (ports,) = tiers(with_fabrics(hall, leaf))
    assert [unit.sockets for unit in ports.lower_units[:3]] == [
        (Socket(1, 1),),
        (Socket(1, 2),),
        (Socket(2, 1),),
    ]
    assert ports.lower_units[9].labels == {"su": "SU1", "pod": "P1", "rail": "1"}
    by_cage = replace(leaf, lower=replace(leaf.lower, unit=WiredUnit.CAGE))
    (cages,) = tiers(with_fabrics(hall, by_cage))
    assert [unit.sockets for unit in cages.lower_units[:2]] == [
        (Socket(1, 1), Socket(1, 2)),
        (Socket(2, 1), Socket(2, 2)),
    ]
    assert (len(cages.planes), cages.upper_per_plane, cages.pair_runs) == (4, 2, (1, 1))
    whole = replace(by_cage, granularity=Granularity.CAGE, upper=tier("upper-tray"))
    (whole_cages,) = tiers(with_fabrics(hall, whole))
    assert whole_cages.lower_units[1].sockets == (Socket(2, 0),)
    assert (whole_cages.runs_per_cage, whole_cages.rate_gbps, whole_cages.links_per_run) == ((1, 1), 1600, 4)
    links = replace(leaf, granularity=Granularity.LINK)
    (by_link,) = tiers(with_fabrics(hall, links))
    assert (by_link.runs_per_cage, by_link.rate_gbps, by_link.links_per_run) == ((4, 4), 400, 1)
    assert by_link.upper_ports == 64


def test_numbers_leave_cages_to_the_next_tier() -> None:
    lower, upper = tiers(make_stack(1))
    assert lower.upper_ports == 32
    assert {socket.cage for unit in upper.lower_units for socket in unit.sockets} == set(UP)
    assert upper.below == ("1-leaf",)
    assert len(DOWN) == 16


def places(fabric: TierFabric, order: list[int]) -> tuple[PlacedDevice, ...]:
    """One device a rack, its planes in that order."""
    planes = [plane for plane in range(len(fabric.planes)) for _ in range(fabric.upper_per_plane)]
    return tuple(PlacedDevice(rack=f"Z{n:02d}", u=7, planes=(planes[at],)) for n, at in enumerate(order, 1))


def test_lower_units_move_to_where_they_are_placed() -> None:
    hall = make_stack(2, three_tiers=True)
    leaf, spine, core = tiers(hall)
    assert [unit.rack for unit in spine.lower_units] == ["A17"] * 16
    bound = bind_lower(spine, [(leaf, places(leaf, list(range(16))[::-1]))])
    assert [unit.rack for unit in bound.lower_units] == [f"Z{n:02d}" for n in range(1, 17)]
    assert bound.lower_units[0].labels == {"su": "SU2", "pod": "P1", "rail": "7", "index": "0"}
    assert bound.planes[7] == (0, 8)
    assert bound.plane_names == spine.plane_names
    assert [len(plane) for plane in bound.planes] == [len(plane) for plane in spine.planes]
    assert all(bound.lower_units[index].plane == 7 for index in bound.planes[7])
    assert bind_lower(spine, [(leaf, provisional_places(*hall, leaf))]) == spine
    assert {unit.labels["index"] for unit in core.lower_units} == {"0", "1"}


def test_without_keys_the_units_of_a_fabric_below_take_turns() -> None:
    hall = make_stack(2)
    leaf, spine = specs(hall)
    lower, upper = tiers(with_fabrics(hall, leaf, replace(spine, planes=4)))
    assert upper.plane_names == ("0", "1", "2", "3")
    assert upper.planes[1] == (1, 5, 9, 13)
    bound = bind_lower(upper, [(lower, places(lower, list(range(16))[::-1]))])
    assert bound.planes == upper.planes
    (message,) = refusals(with_fabrics(hall, leaf, replace(spine, planes=3)))
    assert message.startswith("planes-unequal: ")


def test_parts_of_upper_devices_stack_too() -> None:
    layout, catalog = make_hall(["LLLSSS"], trays_per_rack=2, lower_cages=16, upper_cages=32)
    (spec,) = layout.fabrics
    assert isinstance(spec, TiersSpec)
    down, up = (*range(1, 13), *range(17, 29)), (*range(13, 17), *range(29, 33))
    first = replace(spec, upper=replace(spec.upper, numbers=down), racks=(), planes=1)
    asics = replace(spec.upper, numbers=up, below="tiers")
    second = replace(spec, name="up", lower=asics, racks=(), plane_keys=("index",))
    below, above = tiers((replace(layout, fabrics=(first, second)), catalog))
    assert (below.upper_per_plane, below.upper_devices) == (8, 4)
    assert [(unit.asic, unit.sockets[0].cage) for unit in above.lower_units[:2]] == [(1, 13), (2, 29)]
    assert above.planes == tuple((index,) for index in range(8))
    placed = tuple(PlacedDevice(rack="Z01", u=u, planes=(0, 0)) for u in (1, 3, 5, 7))
    assert [unit.u for unit in bind_lower(above, [(below, placed)]).lower_units] == [1, 1, 3, 3, 5, 5, 7, 7]
    by_device = replace(second, lower=replace(asics, unit=WiredUnit.DEVICE), plane_keys=())
    _, whole = tiers((replace(layout, fabrics=(first, by_device)), catalog))
    assert [(unit.asic, len(unit.sockets)) for unit in whole.lower_units] == [(0, 8)] * 4
    (message,) = refusals(
        (replace(layout, fabrics=(first, replace(by_device, plane_keys=("index",)))), catalog)
    )
    assert "the lower units that reach one wired unit of fabric 'tiers' differ in it" in message


def test_a_pass_through_device_takes_the_rate_of_the_other_side() -> None:
    hall = make_stack(1)
    layout, catalog = hall
    leaf = specs(hall)[0]
    device = catalog.device_types["upper-tray"]
    group = replace(device.cages[0], lanes=0, lane_rate_gbps=0, protocol="", ports=1, links=1)
    passive = replace(device, cages=(group,))
    devices = {**catalog.device_types, "upper-tray": passive}
    hosts = replace(leaf.lower, unit=WiredUnit.DEVICE)
    spec = replace(leaf, lower=hosts, upper=tier("upper-tray"), plane_keys=("su",))
    (fabric,) = tiers(with_fabrics((layout, replace(catalog, device_types=devices)), spec))
    assert (fabric.runs_per_cage, fabric.rate_gbps, fabric.links_per_run) == ((2, 1), 800, 2)
    assert (fabric.upper_ports, fabric.upper_devices) == (32, 8)


def test_units_of_unlike_rates_are_refused() -> None:
    layout, catalog = make_stack(1)
    device = catalog.device_types["upper-tray"]
    devices = {
        **catalog.device_types,
        "upper-tray": replace(device, cages=(replace(device.cages[0], ports=1),)),
    }
    message = refusals((layout, replace(catalog, device_types=devices)))[0]
    assert "link at 8 x 200 Gb/s in plug for 2 runs of 800 Gb/s" in message


def test_planes_of_different_sizes_are_refused_by_name() -> None:
    (message,) = refusals(make_stack(3, last_racks=7))
    assert message.startswith("planes-unequal: ")
    assert "most have 32, but 'SU3 rail 0' has 28, 'SU3 rail 1' has 28" in message


def test_racks_in_no_group_are_refused() -> None:
    layout, catalog = make_stack(1)
    groups = {"su": {"SU1": layout.groups["su"]["SU1"][1:]}}
    (message,) = refusals((replace(layout, groups=groups), catalog))
    assert message.startswith("plane-key-missing: ")
    assert "A01 are in no group of it" in message


def test_keys_that_planes_below_mix_are_refused() -> None:
    hall = make_stack(2)
    leaf, spine = specs(hall)
    mixed = replace(leaf, plane_keys=("rail",), upper=tier("upper-tray"))
    (message,) = refusals(with_fabrics(hall, mixed, replace(spine, planes=None, plane_keys=("su",))))
    assert message.startswith("plane-key-missing: fabric '2-spine': ")
    (message,) = refusals(with_fabrics(hall, replace(leaf, plane_keys=("index",))))
    assert "this tier is of no fabric" in message


def test_refusals_speak_of_ports() -> None:
    hall = make_stack(2)
    leaf, spine = specs(hall)
    narrow = replace(spine, upper=tier("upper-tray", (1, 2, 3)))
    (message,) = refusals(with_fabrics(hall, leaf, narrow))
    assert "16 lower units x 32 uplinks = 512 runs a plane need 86 upper units of 6 ports" in message
    assert "an upper unit with at least 16 ports" in message
    (message,) = refusals(with_fabrics(hall, leaf, replace(spine, oversubscription=(1, 3))))
    assert "25600 Gb/s down of a wired unit of 'upper-tray' take 96 uplink ports of 800 Gb/s" in message


def test_fabrics_share_devices_by_whole_cages() -> None:
    hall = make_stack(1)
    leaf = specs(hall)[0]
    one_port = replace(
        leaf, lower=replace(leaf.lower, unit=WiredUnit.DEVICE), oversubscription=(1, 1), plane_keys=("su",)
    )
    lower = hall[1].device_types["lower-tray"]
    devices = {**hall[1].device_types, "lower-tray": replace(lower, downlink_gbps=800 * 3)}
    hall = hall[0], replace(hall[1], device_types=devices)
    first, second = tiers(with_fabrics(hall, one_port, replace(one_port, name="more")))
    assert first.uplinks == 3
    assert first.lower_units[0].sockets == (Socket(1, 1), Socket(1, 2), Socket(2, 1))
    assert second.lower_units[0].sockets == (Socket(3, 1), Socket(3, 2), Socket(4, 1))
    third = replace(one_port, name="too-many")
    (message,) = refusals(with_fabrics(hall, one_port, replace(one_port, name="more"), third))
    assert "8 for '1-leaf' + 8 for 'more' + 8 for 'too-many' = 24 cages a rack are needed, 16 are" in message


def test_two_fabrics_on_top_of_one_share_its_switches() -> None:
    hall = make_stack(2)
    leaf, spine = specs(hall)
    half = replace(spine, oversubscription=(2, 1))
    lower, first, second = tiers(with_fabrics(hall, leaf, half, replace(half, name="3-other")))
    assert {socket.cage for unit in first.lower_units for socket in unit.sockets} == set(UP[:8])
    assert {socket.cage for unit in second.lower_units for socket in unit.sockets} == set(UP[8:])
    bound = bind_lower(second, [(lower, places(lower, list(range(16))))])
    assert {socket.cage for unit in bound.lower_units for socket in unit.sockets} == set(UP[8:])
    (message,) = refusals(with_fabrics(hall, leaf, half, replace(spine, name="3-other")))
    assert "8 for '2-spine' + 16 for '3-other' = 24 cages a device are needed, 16 are there" in message
    assert "each that '1-leaf' places" in message


def test_fabrics_count_on_each_place_once() -> None:
    layout, catalog = make_stack(2)
    racks = dict(catalog.rack_types)
    racks["switch-rack"] = replace(racks["switch-rack"], tray_slots_u=tuple(range(1, 11)))
    (message,) = refusals((layout, replace(catalog, rack_types=racks)))
    assert message.startswith("slots-short: 16 for '1-leaf' + 8 for '2-spine' = 24 upper devices need places")
    assert "but 2 x 'switch-rack' x 10 a rack = 20 places; possible: 3 positions" in message
