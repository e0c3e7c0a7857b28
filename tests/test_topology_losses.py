"""Light through passive upper devices: sums that are kept, broken, near and unknown."""

from __future__ import annotations

from dataclasses import replace

import pytest

from planner.errors import Finding, InfeasibleError, Severity
from planner.model.cages import Connector
from planner.model.catalog import Catalog
from planner.model.layout import Layout, WiredUnit
from planner.model.media import MediaOption, Plug
from planner.topology.build import build_fabrics
from planner.topology.losses import loss_findings
from tests.halls import make_hall

FIBER = Connector(form="fiber", thermal="none")


def light(option: MediaOption, budget_mdb: int | None, loss_mdb: int, per_km: int) -> MediaOption:
    """Optics whose other end lands on fiber, with losses."""
    module = option.plugs[0].transceiver
    assert module is not None
    sender = replace(option.plugs[0], transceiver=replace(module, loss_budget_mdb=budget_mdb))
    receptacle = Plug(connector=FIBER, lanes=0, transceiver=None, power_milliwatts=0)
    cable = replace(option.cable, loss_mdb=loss_mdb, loss_mdb_per_km=per_km)
    return replace(option, plugs=(sender, receptacle), cable=cable)


def hall_of_light(
    *budgets: int | None, device_loss_mdb: int = 2000, loss_mdb: int = 500, per_km: int = 400
) -> tuple[Layout, Catalog]:
    """Upper devices that light only passes; an option for each budget."""
    layout, catalog = make_hall(["LLSS"], lower_asics=1, upper_asics=1, unit=WiredUnit.DEVICE)
    device = catalog.device_types["upper-tray"]
    group = replace(device.cages[0], lanes=0, lane_rate_gbps=0, protocol="", connector=FIBER)
    passive = replace(device, cages=(group,), loss_mdb=device_loss_mdb)
    optics = catalog.media[-1]
    media = tuple(
        replace(light(optics, budget, loss_mdb, per_km), id=f"optics-{number}")
        for number, budget in enumerate(budgets, 1)
    )
    devices = {**catalog.device_types, "upper-tray": passive}
    return layout, replace(catalog, device_types=devices, media=(*catalog.media[:-1], *media))


def found(hall: tuple[Layout, Catalog]) -> list[Finding]:
    return list(loss_findings(hall[1], build_fabrics(*hall)))


def test_a_budget_that_is_kept_is_not_spoken_of() -> None:
    # 2 dB + 2 x 0.5 dB + 2 x 50 m at 0.4 dB/km = 3.04 dB
    assert found(hall_of_light(3040)) == []


def test_a_budget_that_long_cords_break_is_a_warning() -> None:
    (finding,) = found(hall_of_light(3039))
    assert (finding.code, finding.severity) == ("loss-near", Severity.WARNING)
    assert "up to cords of 30.000 m only" in finding.message
    assert "2 dB in the device + 1.04 dB in two cords of 50.000 m = 3.04 dB, of 3.039 dB" in finding.message


def test_a_budget_that_no_option_keeps_is_refused() -> None:
    with pytest.raises(InfeasibleError) as caught:
        found(hall_of_light(3002, 2500))
    (finding,) = caught.value.findings
    assert (finding.code, finding.severity) == ("loss-exceeded", Severity.ERROR)
    assert finding.where is not None
    assert finding.where.path == "fabrics.tiers.upper"
    assert (
        "'optics-1' loses 2 dB in the device + 1.003 dB in two cords of 3.000 m = 3.003 dB" in finding.message
    )


def test_other_options_may_keep_what_one_breaks() -> None:
    (finding,) = found(hall_of_light(2500, 4000))
    assert (finding.code, finding.severity) == ("loss-exceeded", Severity.WARNING)
    assert "'optics-1' cannot be used through 'upper-tray'" in finding.message


def test_an_unknown_budget_is_said_not_to_be_checked() -> None:
    (finding,) = found(hall_of_light(None))
    assert (finding.code, finding.severity) == ("loss-unchecked", Severity.WARNING)


def test_devices_that_send_are_not_asked() -> None:
    layout, catalog = make_hall()
    assert loss_findings(catalog, build_fabrics(layout, catalog)) == ()
