"""Whether the cases of a certificate cover every choice of racks to open."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import combinations

from planner.errors import Finding
from planner.model.solution import BoundCase, RackCase
from planner.verify.ground import fault


def check_cover(
    undecided: Sequence[str], what: str, cases: Sequence[BoundCase | RackCase]
) -> Iterator[Finding]:
    """Check that cases split all choices of the undecided racks: no overlap, and together they count all."""
    bit = {rack: 1 << index for index, rack in enumerate(undecided)}
    masks = [
        (
            sum(bit.get(rack, 0) for rack in set(case.open_racks)),
            sum(bit.get(rack, 0) for rack in set(case.closed_racks)),
        )
        for case in cases
    ]
    for (i, (open_i, closed_i)), (j, (open_j, closed_j)) in combinations(enumerate(masks), 2):
        if not (open_i & closed_j or closed_i & open_j):
            yield fault("forged-cases", f"{what}: cases {i} and {j} overlap")
            return
    covered = sum(1 << (len(undecided) - (o | c).bit_count()) for o, c in masks)
    if covered != 1 << len(undecided):
        yield fault(
            "forged-cases",
            f"{what}: its cases cover {covered} of {1 << len(undecided)} choices of racks to open",
        )
