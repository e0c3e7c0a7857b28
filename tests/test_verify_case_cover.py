"""Cases that pass as a cover hold every choice once, whatever was thought of in making them."""

from __future__ import annotations

import random
from itertools import product

from planner.verify.case_cover import Question, check_cover

RACKS = ("A", "B", "C")
DEVICES = 3
Answers = dict[Question, bool]
QUESTIONS: list[Question] = [
    *((frozenset([rack]), 0) for rack in RACKS),
    (frozenset(["A"]), 1),
    (frozenset(["A", "B"]), 1),
    (frozenset(["A", "C"]), 2),
]


def leaves(generator: random.Random, told: Answers, depth: int) -> list[Answers]:
    """The cases of a tree that asks one question after another, as far as it likes."""
    left = [one for one in QUESTIONS if one not in told]
    if not left or not depth or generator.random() < 0.2:
        return [told]
    asked = generator.choice(left)
    return [
        leaf for answer in (False, True) for leaf in leaves(generator, {**told, asked: answer}, depth - 1)
    ]


def messages(cases: list[Answers]) -> list[str]:
    return [finding.message for finding in check_cover("what", cases)]


def holding(cases: list[Answers], devices: tuple[int, ...]) -> int:
    """How many cases a choice of devices in each rack belongs to."""
    held = dict(zip(RACKS, devices, strict=True))
    return sum(
        all((sum(held[rack] for rack in racks) <= most) == answer for (racks, most), answer in case.items())
        for case in cases
    )


def is_exact(cases: list[Answers]) -> bool:
    choices = [one for one in product(range(DEVICES + 1), repeat=len(RACKS)) if sum(one) == DEVICES]
    return all(holding(cases, one) == 1 for one in choices)


def test_leaves_of_a_tree_are_a_cover_in_any_order() -> None:
    generator = random.Random(1)
    for _ in range(300):
        cases = leaves(generator, {}, 5)
        generator.shuffle(cases)
        assert messages(cases) == []
        assert is_exact(cases)


def test_a_missing_case_and_one_too_many_are_found() -> None:
    generator = random.Random(2)
    for _ in range(300):
        cases = leaves(generator, {}, 5)
        at = generator.randrange(len(cases))
        (gap,) = messages(cases[:at] + cases[at + 1 :])
        assert "cover nothing where" in gap
        (twice,) = messages([*cases, cases[at]])
        assert "overlap" in twice


def test_what_passes_holds_every_choice_once() -> None:
    """Cases spoiled at random: most are refused, and no cover with a gap or an overlap passes."""
    generator = random.Random(3)
    passed = 0
    for _ in range(2000):
        cases = [dict(case) for case in leaves(generator, {}, 4)]
        spoiled = generator.choice(cases)
        question = generator.choice(QUESTIONS)
        if generator.random() < 0.5:
            spoiled.pop(question, None)
        else:
            spoiled[question] = generator.random() < 0.5
        if not messages(cases):
            passed += 1
            assert is_exact(cases)
    assert 0 < passed < 1800


def test_no_cases_cover_nothing() -> None:
    assert messages([]) == ["what: its cases cover nothing where a plan may be"]
