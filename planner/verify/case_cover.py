"""Whether the cases of a certificate cover every choice of racks to open, and of devices in them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from planner.errors import Finding
from planner.model.solution import BoundCase, RackCase
from planner.verify.ground import fault

Question = tuple[frozenset[str], int]
"""Whether at most so many devices stand in these racks: every plan answers with yes or no."""


def answers_about(case: BoundCase | RackCase, undecided: Sequence[str]) -> Iterator[tuple[Question, bool]]:
    """Yield what a case says of undecided racks: none stands in a closed one, some do in an open one."""
    for racks, is_closed in ((case.open_racks, False), (case.closed_racks, True)):
        for rack in dict.fromkeys(racks):
            if rack in undecided:
                yield (frozenset([rack]), 0), is_closed


def check_cover(what: str, cases: Sequence[Mapping[Question, bool]]) -> Iterator[Finding]:
    """Check that cases are the leaves of a tree that branches by the answers to questions.

    Then every plan, whatever it answers, is one of one case: none overlap, and together they are all. Any
    question that all cases of a branch answer may be asked first.
    """
    branches: list[tuple[dict[Question, bool], dict[int, Mapping[Question, bool]]]]
    branches = [({}, dict(enumerate(cases)))]
    while branches:
        told, within = branches.pop()
        if not within:
            yield fault("forged-cases", f"{what}: its cases cover nothing where {_in_words(told)}")
            return
        first, *others = within.values()
        asked = next((one for one in first if one not in told and all(one in each for each in others)), None)
        if asked is not None:
            for answer in (False, True):
                left = {number: case for number, case in within.items() if case[asked] == answer}
                branches.append(({**told, asked: answer}, left))
        elif others:
            numbers = " and ".join(map(str, list(within)[:2]))
            text = f"{what}: cases {numbers} overlap, or no one question parts them from others"
            yield fault("forged-cases", text)
            return


def _in_words(told: Mapping[Question, bool]) -> str:
    words = [
        f"{'at most' if answer else 'more than'} {most} devices stand in {', '.join(sorted(racks))}"
        for (racks, most), answer in told.items()
    ]
    return " and ".join(words) or "a plan may be"
