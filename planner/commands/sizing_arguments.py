"""Arguments of ``planner size`` and ``planner init``; loaded with the command line, so nothing heavy."""

from __future__ import annotations

import argparse
import re
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

from planner.units import RATE_GBPS, SHARE_PERMILLE, parse_quantity

Commands = argparse._SubParsersAction  # argparse has no public name for it
MOST = 10**7
_RATIO = re.compile(r"([1-9][0-9]{0,3}):([1-9][0-9]{0,3})")
_DECIMAL = re.compile(r"[0-9]{1,6}(?:\.[0-9]{1,6})?")
_AMOUNT = re.compile(
    r"([0-9]{1,15}(?:\.[0-9]{1,6})?)(?: ?(thousand|million|billion|trillion))?(?: ([A-Z]{3}))?"
)
_SCALES = {None: 1, "thousand": 10**3, "million": 10**6, "billion": 10**9, "trillion": 10**12}


def add_size(commands: Commands[argparse.ArgumentParser]) -> None:
    """Add ``planner size``."""
    size = commands.add_parser("size", help="size systems without a floor")
    size.add_argument(
        "system", metavar="SYSTEM", nargs="*", help="systems of the catalog (default: an overview of all)"
    )
    size.add_argument("--generation", metavar="NAME", help="all systems of a generation, beside those named")
    count = size.add_mutually_exclusive_group()
    count.add_argument("--gpus", metavar="N", type=whole, help="GPUs of one domain")
    count.add_argument("--racks", metavar="N", type=whole, help="racks, chassis or nodes of one domain")
    size.add_argument("--domains", metavar="N", type=whole, default=1, help="equal domains (default 1)")
    size.add_argument("--tiers", metavar="N", type=whole, help="switch tiers, with those inside a rack")
    size.add_argument(
        "--taper", metavar="D:U", type=ratio, help="oversubscription of the lowest tapered switches"
    )
    size.add_argument("--spread", choices=("balanced", "uniform"), help="how runs spread over pairs")
    size.add_argument("--unit", choices=("asic", "tray"), help="what runs are spread by in both tiers")
    size.add_argument("--profile", metavar="NAME", help="media profile that prices come from")
    size.add_argument("--capex", metavar="MONEY", type=money, help="capital spending, '100 billion USD'")
    size.add_argument(
        "--chip-share", metavar="PERCENT", type=share, help="share of it that buys chips, '50 %%'"
    )
    size.add_argument("--chip-price", metavar="MONEY", type=money, help="price of a chip: value for money")
    size.add_argument("--chip-bandwidth", metavar="RATE", type=rate, help="bandwidth of a chip, '7.2 Tb/s'")
    size.add_argument("--chip-tiers", metavar="N", type=decimal, help="cabled tiers at the chip's full rate")
    size.add_argument("--note", action="store_true", help="hold the note's claims against what comes out")
    size.add_argument("--json", action="store_true", help="print JSON")
    _add_systems(size)


def add_init(commands: Commands[argparse.ArgumentParser]) -> None:
    """Add ``planner init``."""
    init = commands.add_parser("init", help="write a first layout of a system")
    init.add_argument("system", metavar="SYSTEM", help="a system of the catalog, see planner size")
    init.add_argument("--racks", metavar="N", type=whole, required=True, help="racks with GPUs")
    init.add_argument("-o", "--output", metavar="FILE", type=Path, help="file to write (default: show it)")
    _add_systems(init)


def _add_systems(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--systems", metavar="FILE", type=Path, help="catalog of systems (default: the shipped one)"
    )


def whole(text: str) -> int:
    """Read a whole number from 1."""
    number = int(text) if re.fullmatch(r"[0-9]{1,8}", text) else 0
    if not 1 <= number <= MOST:
        raise argparse.ArgumentTypeError(f"found '{text}', expected a whole number from 1 to {MOST:,}")
    return number


def ratio(text: str) -> Fraction:
    """Read downlink : uplink."""
    match = _RATIO.fullmatch(text)
    if match is None:
        raise argparse.ArgumentTypeError(f"found '{text}', expected downlink : uplink, such as '2:1'")
    return Fraction(int(match[1]), int(match[2]))


def decimal(text: str) -> Fraction:
    """Read a decimal number."""
    if not _DECIMAL.fullmatch(text):
        raise argparse.ArgumentTypeError(f"found '{text}', expected a decimal number such as '1.5'")
    return Fraction(text)


def money(text: str) -> tuple[Fraction, str]:
    """Read an amount in hundredths and its currency, "" where none is given."""
    match = _AMOUNT.fullmatch(text)
    amount = Fraction(match[1]) * _SCALES[match[2]] * 100 if match else Fraction(0)
    if match is None or amount <= 0 or amount.denominator != 1:
        raise argparse.ArgumentTypeError(
            f"found '{text}', expected money such as '100 billion USD' or '40000'"
        )
    return amount, match[3] or ""


def share(text: str) -> int:
    """Read a share of at most 100 % as permille."""
    permille = _quantity(text, SHARE_PERMILLE, "50 %")
    if permille > 1000:
        raise argparse.ArgumentTypeError(f"found '{text}', expected at most 100 %")
    return permille


def rate(text: str) -> int:
    """Read a rate in Gb/s."""
    return _quantity(text, RATE_GBPS, "7.2 Tb/s")


def _quantity(text: str, scale: dict[str, Decimal], example: str) -> int:
    try:
        return parse_quantity(text, scale)
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"found '{text}', {error}, for instance '{example}'") from None
