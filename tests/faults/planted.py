"""One planted fault for each rule: what is done to a good plan, and the finding that must come."""

from __future__ import annotations

from tests.faults.arrange_faults import ARRANGED, BOUNDED_TOGETHER
from tests.faults.fill_faults import TOLLS
from tests.faults.install_faults import INSTALLATION
from tests.faults.length_faults import FILL, LENGTHS
from tests.faults.money_faults import LABELS, MONEY, PROOF, WHOLE
from tests.faults.pin_faults import PIN_FAULTS
from tests.faults.port_faults import LIGHT, PORTS, SHARED, STACKED
from tests.faults.rule_faults import RULE_FAULTS
from tests.faults.supply_faults import SUPPLY
from tests.faults.wiring_faults import ENDS, SLOTS, SPREAD

FAULTS = (
    *INSTALLATION,
    *ENDS,
    *SPREAD,
    *SLOTS,
    *LENGTHS,
    *FILL,
    *MONEY,
    *LABELS,
    *PROOF,
    *WHOLE,
    *PORTS,
    *SHARED,
    *STACKED,
    *LIGHT,
    *TOLLS,
    *SUPPLY,
    *RULE_FAULTS,
    *PIN_FAULTS,
    *ARRANGED,
    *BOUNDED_TOGETHER,
)
