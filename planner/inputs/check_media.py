"""Cages that no part of a media profile joins, and what the nearest part has instead."""

from __future__ import annotations

from collections.abc import Sequence

from planner.inputs.findings import shown
from planner.inputs.selection import Ends
from planner.model.cages import CageGroup, Connector
from planner.model.media import MediaOption, Plug

_Need = tuple[CageGroup, int]
"""Cages and how many runs one of them takes."""


def missing_media(ends: Ends, offered: Sequence[MediaOption], profile: str) -> list[str]:
    """Return what to say where no part of the profile joins the cages: which of them none fits.

    Each kind of cages that no part fits is named once; where each is fitted, but by no part both of
    them, the two are named together.
    """
    if any(option.between(*ends) for option in offered):
        return []
    needs = list(dict.fromkeys(zip((ends.lower, ends.upper), ends.runs_per_cage, strict=True)))
    unfit = [need for need in needs if not any(_fits(option, need) for option in offered)]
    if unfit:
        return [
            f"no part of profile {shown(profile)} fits {_words_of(need)}{_closest(need, offered)}"
            for need in unfit
        ]
    joined = " with ".join(_words_of(need) for need in needs)
    return [f"no part of profile {shown(profile)} joins {joined}"]


def _fits(option: MediaOption, need: _Need) -> bool:
    return any(not _misfit(option, plug, need) for plug in option.plugs)


def _misfit(option: MediaOption, plug: Plug, need: _Need) -> list[str]:
    """Return what the end of the option has that is not what the cages need."""
    group, runs = need
    misfit = [_words(plug.connector)] if plug.connector != group.connector else []
    if not group.is_passive:
        if group.protocol not in option.protocols:
            misfit.append("/".join(option.protocols))
        if (plug.lanes, option.lane_rate_gbps) != (group.lanes, group.lane_rate_gbps):
            misfit.append(f"{plug.lanes} x {option.lane_rate_gbps} Gb/s")
    if plug.runs != runs:
        misfit.append(_runs(plug.runs))
    return misfit


def _words_of(need: _Need) -> str:
    group, runs = need
    words = [_words(group.connector)]
    if not group.is_passive:
        words += [group.protocol, f"{group.lanes} x {group.lane_rate_gbps} Gb/s"]
    if runs > 1:
        words.append(_runs(runs))
    return f"cages {shown(group.name)}: {', '.join(words)}"


def _words(connector: Connector) -> str:
    return f"{connector.form} {connector.thermal}"


def _runs(count: int) -> str:
    return f"{count} run{'s' if count > 1 else ''} a cage"


def _closest(need: _Need, offered: Sequence[MediaOption]) -> str:
    """Return the end of a message that says what the nearest part has instead."""
    misfits = [(option.id, _misfit(option, plug, need)) for option in offered for plug in option.plugs]
    if not misfits:
        return "; the profile is empty"
    nearest_id, misfit = min(misfits, key=lambda item: len(item[1]))
    return f"; nearest is {shown(nearest_id)}: {', '.join(misfit)}"
