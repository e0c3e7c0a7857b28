"""Logical fabrics: the published figures, both spreads, refusals that say what is possible."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from planner.errors import InfeasibleError, Severity
from planner.model.catalog import Catalog
from planner.model.fabric import PeerFabric, TierFabric
from planner.model.layout import Layout, Spread, TiersSpec, WiredUnit
from planner.topology.build import build_fabrics
from planner.topology.limits import domain_findings
from planner.topology.spread import design_spread
from tests.halls import make_domain, make_hall


def tiers_of(layout: Layout, catalog: Catalog) -> TierFabric:
    fabrics = build_fabrics(layout, catalog)
    tiers = [fabric for fabric in fabrics if isinstance(fabric, TierFabric)]
    assert len(tiers) == 1
    return tiers[0]


def refusal_of(layout: Layout, catalog: Catalog) -> list[str]:
    with pytest.raises(InfeasibleError) as caught:
        build_fabrics(layout, catalog)
    assert all(finding.severity is Severity.ERROR for finding in caught.value.findings)
    return [f"{finding.code}: {finding.message}" for finding in caught.value.findings]


@pytest.mark.parametrize(
    ("racks", "balanced", "uniform"),
    [(2, 9, 9), (4, 18, 27), (6, 27, 27), (8, 36, 81), (12, 54, 81), (16, 72, 81), (18, 81, 81)],
)
def test_published_counts_of_upper_devices(racks: int, balanced: int, uniform: int) -> None:
    for spread, devices in ((Spread.BALANCED, balanced), (Spread.UNIFORM, uniform)):
        fabric = tiers_of(*make_domain(racks, spread=spread))
        assert fabric.upper_devices == devices
        assert (len(fabric.planes), fabric.uplinks, fabric.upper_ports) == (18, 9, 18)
        assert fabric.gpus == 36 * racks


def test_sixteen_racks() -> None:
    fabric = tiers_of(*make_domain(16))
    assert len(fabric.lower_units) == 288
    assert fabric.upper_per_plane * len(fabric.planes) == 144
    assert fabric.pair_runs == (1, 2)
    assert fabric.upper_load == (18, 18)
    assert len(fabric.lower_units) * fabric.uplinks == 2592
    assert fabric.oversubscription == (1, 1)
    assert (fabric.rate_gbps, fabric.links_per_run) == (1600, 4)
    uniform = tiers_of(*make_domain(16, spread=Spread.UNIFORM))
    assert uniform.upper_per_plane * len(uniform.planes) == 162
    assert uniform.pair_runs == (1, 1)
    assert uniform.upper_load == (16, 16)


@pytest.mark.parametrize(
    ("racks", "devices", "pair_runs"),
    [(1, 9, (9, 9)), (3, 18, (4, 5)), (5, 27, (3, 3)), (7, 36, (2, 3)), (17, 81, (1, 1))],
)
def test_odd_counts(racks: int, devices: int, pair_runs: tuple[int, int]) -> None:
    fabric = tiers_of(*make_domain(racks))
    assert (fabric.upper_devices, fabric.pair_runs) == (devices, pair_runs)


@pytest.mark.parametrize("spread", list(Spread))
def test_nineteen_racks_are_refused_with_designs_that_work(spread: Spread) -> None:
    (message,) = refusal_of(*make_domain(19, spread=spread))
    assert message.startswith("spread-impossible: ")
    assert "19 lower units x 9 uplinks = 171 runs a plane need 10 upper units of 18 cages" in message
    assert f"18 racks, {spread.value} (81 x 'upper-tray')" in message
    assert "19 racks, balanced, wired by device instead of ASIC in both tiers (90 x 'upper-tray')" in message
    assert "an upper unit with at least 19 cages" in message


def test_units_and_planes_in_canonical_order() -> None:
    fabric = tiers_of(*make_hall(["LS", "LL"], trays_per_rack=2))
    places = [(unit.rack, unit.u, unit.asic) for unit in fabric.lower_units]
    assert places == [(rack, u, asic) for rack in ("A01", "B01", "B02") for u in (19, 20) for asic in (1, 2)]
    assert [unit.plane for unit in fabric.lower_units] == [0, 1, 2, 3] * 3
    assert fabric.planes == ((0, 4, 8), (1, 5, 9), (2, 6, 10), (3, 7, 11))
    assert [tuple(socket.cage for socket in unit.sockets) for unit in fabric.lower_units[:2]] == [
        (1, 2),
        (3, 4),
    ]


def test_whole_trays_as_units() -> None:
    fabric = tiers_of(
        *make_hall(
            ["L" * 16 + "SSSS", "L" * 16],
            trays_per_rack=3,
            lower_cages=12,
            upper_cages=32,
            unit=WiredUnit.DEVICE,
        )
    )
    assert len(fabric.lower_units) == 96
    assert (fabric.upper_devices, fabric.upper_per_plane, fabric.upper_units_per_device) == (36, 12, 1)
    assert len(fabric.lower_units) * fabric.uplinks == 1152
    assert {unit.asic for unit in fabric.lower_units} == {0}


def test_whole_nodes_as_units() -> None:
    fabric = tiers_of(
        *make_hall(
            ["L" * 16 + "SSSS", "L" * 16],
            lower_asics=4,
            lower_cages=18 * 2,
            upper_cages=64,
            unit=WiredUnit.DEVICE,
        )
    )
    assert fabric.upper_devices == 18
    eighteen = tiers_of(
        *make_hall(
            ["L" * 16 + "SSSS", "L" * 16],
            lower_asics=1,
            lower_cages=18,
            upper_cages=32,
            unit=WiredUnit.DEVICE,
        )
    )
    assert (eighteen.upper_devices, len(eighteen.lower_units) * eighteen.uplinks) == (18, 576)


def test_oversubscription_takes_whole_cages() -> None:
    hall = make_hall(
        ["LLSS"], lower_asics=1, lower_cages=18, upper_asics=1, downlink_gbps=28_800, oversubscription=(2, 1)
    )
    fabric = tiers_of(*hall)
    assert (fabric.uplinks, fabric.oversubscription) == (9, (2, 1))
    assert tuple(socket.cage for socket in fabric.lower_units[0].sockets) == tuple(range(1, 19))


@pytest.mark.parametrize(
    ("ratio", "possible"),
    [((4, 3), "18:13 (13 cages), 9:7 (14 cages)"), ((1, 2), "possible: 1:1 (18 cages)")],
)
def test_impossible_oversubscription_names_the_nearest_ratios(ratio: tuple[int, int], possible: str) -> None:
    layout, catalog = make_hall(
        ["LLSS"], lower_asics=1, lower_cages=18, downlink_gbps=28_800, oversubscription=ratio
    )
    (message,) = refusal_of(layout, catalog)
    assert message.startswith("oversubscription-impossible: ")
    assert possible in message


def test_oversubscription_without_a_downlink_is_refused() -> None:
    (message,) = refusal_of(*make_hall(oversubscription=(2, 1)))
    assert "states no downlink" in message


def test_too_few_slots_are_refused_with_the_sum() -> None:
    layout, catalog = make_domain(16, candidates_per_row=1)
    (message,) = refusal_of(layout, catalog)
    assert message.startswith(
        "slots-short: fabric 'tiers' needs 72 x 'upper-tray', but 2 racks of 'switch-rack'"
    )
    assert "x 18 a rack = 36 places" in message
    assert (
        "possible: 4 positions for 'switch-rack' instead of 2; 8 racks, balanced (36 x 'upper-tray')"
        in message
    )


def test_too_tall_upper_device_is_refused() -> None:
    layout, catalog = make_hall()
    rack_types = dict(catalog.rack_types)
    rack_types["switch-rack"] = replace(rack_types["switch-rack"], slot_height_u=1)
    (message,) = refusal_of(layout, replace(catalog, rack_types=rack_types))
    assert "it is 2U high and 'switch-rack' has slots of 1U" in message


def test_unequal_planes_are_refused_with_the_rack_that_differs() -> None:
    layout, catalog = make_hall(["LLLS"])
    lower = catalog.rack_types["lower-rack"]
    mounts = (*lower.mounts, replace(lower.mounts[-1], u=30))
    catalog = replace(
        catalog, rack_types={**catalog.rack_types, "other": replace(lower, id="other", mounts=mounts)}
    )
    row = layout.rows[0]
    positions = (row.positions[0], replace(row.positions[1], choices=("other",)), *row.positions[2:])
    layout = replace(layout, rows=(replace(row, positions=positions),))
    (message,) = refusal_of(layout, catalog)
    assert "most have 2, but A02 has 4" in message


def test_uneven_asics_are_refused() -> None:
    layout, catalog = make_hall(["LS"], lower_asics=2, lower_cages=4)
    device = catalog.device_types["lower-tray"]
    group = replace(device.cages[0], asic_of_cage=(1, 1, 1, 2))
    devices = {**catalog.device_types, "lower-tray": replace(device, cages=(group,))}
    (message,) = refusal_of(layout, replace(catalog, device_types=devices))
    assert message.startswith("uneven-cages: ")


def test_racks_without_lower_devices_are_refused() -> None:
    layout, catalog = make_hall(["LS"])
    spec = layout.fabrics[0]
    assert isinstance(spec, TiersSpec)
    (message,) = refusal_of(replace(layout, fabrics=(replace(spec, racks=("A01", "A02")),)), catalog)
    assert "at A02" in message
    everywhere = replace(layout, fabrics=(replace(spec, racks=()),))
    assert {unit.rack for unit in tiers_of(everywhere, catalog).lower_units} == {"A01"}


def test_unlike_cages_are_refused() -> None:
    layout, catalog = make_hall(["LS"])
    device = catalog.device_types["upper-tray"]
    group = replace(device.cages[0], lanes=4)
    devices = {**catalog.device_types, "upper-tray": replace(device, cages=(group,))}
    (message,) = refusal_of(layout, replace(catalog, device_types=devices))
    assert "link at 8 x 200 Gb/s in plug" in message
    assert "link at 4 x 200 Gb/s in plug" in message


def test_a_pair_of_racks() -> None:
    layout, catalog = make_hall(
        ["LL"], trays_per_rack=9, lower_cages=18, peers=[("A02", "A01")], with_tiers=False
    )
    (fabric,) = build_fabrics(layout, catalog)
    assert isinstance(fabric, PeerFabric)
    assert len(fabric.runs) == len(fabric.planes) == 162
    assert fabric.gpus == 72
    low, high = fabric.runs[0]
    assert (low.rack, high.rack) == ("A01", "A02")
    assert all((a.u, a.asic, a.cage) == (b.u, b.asic, b.cage) for a, b in fabric.runs)
    assert Counter(fabric.planes) == dict.fromkeys(range(18), 9)


def test_a_pair_and_an_upper_tier_want_more_cages_than_there_are() -> None:
    layout, catalog = make_hall(
        ["LLSS"], trays_per_rack=9, lower_cages=18, upper_cages=36, peers=[("A01", "A02")]
    )
    (message,) = refusal_of(layout, catalog)
    assert message.startswith(
        "cages-short: 162 for 'pairs' + 162 for 'tiers' = 324 cages a rack are needed, 162 are"
    )
    assert "in A01, A02" in message


def test_two_fabrics_share_the_cages_of_a_unit() -> None:
    layout, catalog = make_hall(["LLSS"], lower_cages=8, downlink_gbps=12_800, oversubscription=(2, 1))
    spec = layout.fabrics[0]
    both = replace(layout, fabrics=(spec, replace(spec, name="more")))
    first, second = build_fabrics(both, catalog)
    assert isinstance(first, TierFabric)
    assert isinstance(second, TierFabric)
    assert [tuple(socket.cage for socket in unit.sockets) for unit in first.lower_units[:2]] == [
        (1, 2),
        (5, 6),
    ]
    assert [tuple(socket.cage for socket in unit.sockets) for unit in second.lower_units[:2]] == [
        (3, 4),
        (7, 8),
    ]


def test_unequal_peers_are_refused() -> None:
    layout, catalog = make_hall(["LS"], peers=[("A01", "A02")], with_tiers=False)
    (message,) = refusal_of(layout, catalog)
    assert "A01 holds 1 at U 19 and A02 holds none for sure" in message


def test_all_findings_at_once() -> None:
    layout, catalog = make_hall(["LS"], peers=[("A01", "A02")], slots_per_rack=0)
    assert [message.split(":")[0] for message in refusal_of(layout, catalog)] == [
        "peers-unequal",
        "slots-short",
    ]


def test_a_domain_beyond_the_protocol_is_a_warning() -> None:
    layout, catalog = make_domain(18)
    (finding,) = domain_findings(layout, catalog, build_fabrics(layout, catalog))
    assert (finding.code, finding.severity) == ("domain-limit", Severity.WARNING)
    assert "648 GPUs" in finding.message
    assert "576" in finding.message
    layout, catalog = make_domain(16)
    assert domain_findings(layout, catalog, build_fabrics(layout, catalog)) == ()


def test_each_pair_of_peers_is_a_domain_of_its_own() -> None:
    layout, catalog = make_hall(
        ["LLLL"], peers=[("A01", "A02"), ("A03", "A04")], with_tiers=False, max_gpus_per_domain=72
    )
    assert domain_findings(layout, catalog, build_fabrics(layout, catalog)) == ()


@given(
    spread=st.sampled_from(Spread),
    lower_units=st.integers(1, 40),
    uplinks=st.integers(1, 36),
    upper_ports=st.integers(1, 72),
)
def test_a_design_fits_and_is_the_smallest(
    spread: Spread, lower_units: int, uplinks: int, upper_ports: int
) -> None:
    runs = lower_units * uplinks
    fitting = [
        units
        for units in range(1, uplinks + 1)
        if units * upper_ports >= runs and (spread is Spread.BALANCED or uplinks % units == 0)
    ]
    design = design_spread(spread, lower_units, uplinks, upper_ports)
    assert (design is None) == (not fitting)
    if design:
        fewest, most = design.pair_runs
        assert design.upper_units == fitting[0]
        assert 1 <= fewest <= most <= fewest + 1
        assert fewest * design.upper_units <= uplinks <= most * design.upper_units
        assert design.upper_load[1] <= upper_ports
