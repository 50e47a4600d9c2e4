"""Values that are compared as numbers, dates, addresses or bytes: tests of single texts, and texts of every cell.

A cell is a set of values that no test in play tells apart: a cut, what lies between two cuts, or what is no value of
the kind at all. Source: IAM User Guide, "IAM JSON policy elements: Condition operators".
"""

import base64
import binascii
import operator
import re
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal, localcontext
from functools import lru_cache
from ipaddress import IPv4Address, IPv6Address, ip_network
from itertools import count, islice, pairwise
from typing import NamedTuple

NUMBER_FORM = re.compile(r"[+-]?(?:\d+(?:\.\d*)?|\.\d+)", re.ASCII)
DATE_FORM = re.compile(
    r"(\d{4})(?:-(\d\d)(?:-(\d\d)(?:T(\d\d):(\d\d)(?::(\d\d)(\.\d+)?)?(Z|[+-]\d\d:\d\d)?)?)?)?", re.ASCII
)
YEAR_FORM = re.compile(r"\d{4}", re.ASCII)
LENGTH_FORM = re.compile(r"\d{1,3}", re.ASCII)
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
ORDER: dict[str, Callable[[Decimal, Decimal], bool]] = {
    "equals": operator.eq,
    "lessthan": operator.lt,
    "lessthanequals": operator.le,
    "greaterthan": operator.gt,
    "greaterthanequals": operator.ge,
}
NO_VALUE = "n/a"
WIDTHS = (32, 128)


class Kind(NamedTuple):
    """A kind of values.

    `holds(test, policy, value)` is the comparison of two texts; a text that is no value of the kind never matches.
    `cells(policies)` gives for each cell its texts, one after the other without end or until there are no more.
    """

    name: str
    holds: Callable[[str, str, str], bool]
    cells: Callable[[Iterable[str]], Iterable[Iterator[str]]]


@lru_cache(maxsize=8192)
def number(value: str) -> Decimal | None:
    """An integer or a decimal number."""
    return Decimal(value) if NUMBER_FORM.fullmatch(value) else None


@lru_cache(maxsize=8192)
def seconds(value: str) -> Decimal | None:
    """Seconds since 1970 of a date in one of W3C's forms of ISO 8601, or of epoch time; four digits are a year."""
    parsed = DATE_FORM.fullmatch(value)
    if parsed is None or (NUMBER_FORM.fullmatch(value) and not YEAR_FORM.fullmatch(value)):
        return number(value)
    year, month, day, hour, minute, second = (
        int(part or low) for part, low in zip(parsed.groups(), (1, 1, 1, 0, 0, 0), strict=False)
    )
    try:
        since = datetime(year, month, day, hour, minute, second, tzinfo=_zone(parsed[8] or "Z")) - EPOCH
    except (ValueError, OverflowError):
        return None
    return Decimal(since.days * 86_400 + since.seconds) + Decimal(f"0{parsed[7] or ''}")


def _zone(text: str) -> timezone:
    """UTC or an offset such as +01:00."""
    if text == "Z":
        return UTC
    offset = timedelta(hours=int(text[1:3]), minutes=int(text[4:6]))
    return timezone(-offset if text[0] == "-" else offset)


@lru_cache(maxsize=8192)
def addresses(policy: str) -> tuple[int, int, int] | None:
    """The version and the first and last address of a range or single address."""
    base, slash, length = policy.partition("/")
    if "%" in base or (slash and not LENGTH_FORM.fullmatch(length)):
        return None
    try:
        network = ip_network(policy, strict=False)
    except ValueError:
        return None
    return network.version, int(network.network_address), int(network.broadcast_address)


@lru_cache(maxsize=8192)
def octets(value: str) -> bytes | None:
    """The bytes of a text in base-64."""
    try:
        return base64.b64decode(value, validate=True)
    except (binascii.Error, ValueError):
        return None


def _ordered(read: Callable[[str], Decimal | None]) -> Callable[[str, str, str], bool]:
    """A comparison of what `read` makes of two texts."""

    def holds(test: str, policy: str, value: str) -> bool:
        cut, given = read(policy), read(value)
        return cut is not None and given is not None and ORDER[test](given, cut)

    return holds


def _in_range(_test: str, policy: str, value: str) -> bool:
    """The address lies in the range; versions never match each other."""
    given = None if "/" in value else addresses(value)
    within = addresses(policy)
    if given is None or within is None or given[0] != within[0]:
        return False
    return within[1] <= given[1] <= within[2]


def _same_bytes(_test: str, policy: str, value: str) -> bool:
    """The same bytes."""
    wanted = octets(policy)
    return wanted is not None and wanted == octets(value)


def _points(policies: Iterable[str], read: Callable[[str], Decimal | None]) -> list[Decimal]:
    """Every cut, and a point between each two and beyond the outermost."""
    cuts = sorted({cut for policy in policies if (cut := read(policy)) is not None})
    if not cuts:
        return [Decimal(0)]
    with localcontext() as context:
        context.prec = 10 + 2 * max(len(format(cut, "f")) for cut in cuts)
        between = [(low + high) / 2 for low, high in pairwise(cuts)]
        return sorted([*cuts, *between, cuts[0] - 1, cuts[-1] + 1])


def _number_cells(policies: Iterable[str]) -> Iterator[Iterator[str]]:
    """Numbers can be written with any number of zeros behind the point."""
    for point in _points(policies, number):
        yield _spelled(format(point, "f"))
    yield _words()


def _spelled(text: str) -> Iterator[str]:
    """The number in ever longer forms."""
    yield text
    dotted = text if "." in text else f"{text}."
    yield from (dotted + "0" * zeros for zeros in count(1))


def _date_cells(policies: Iterable[str]) -> Iterator[Iterator[str]]:
    """Dates as ISO 8601 where there is such a year, else as epoch time."""
    for point in _points(policies, seconds):
        yield _dates(point)
    yield _words()


def _dates(point: Decimal) -> Iterator[str]:
    """One point in time, in ever longer forms."""
    whole = point.to_integral_value(rounding="ROUND_FLOOR")
    fraction = format(point - whole, "f").partition(".")[2]
    try:
        base = (EPOCH + timedelta(seconds=int(whole))).strftime("%Y-%m-%dT%H:%M:%S").rjust(19, "0")
    except OverflowError:
        yield from islice(_spelled(format(point, "f")), 1, None)
        return
    if not fraction:
        yield f"{base}Z"
    yield from (f"{base}.{fraction}{'0' * zeros}Z" for zeros in count(0 if fraction else 1))


def _address_cells(policies: Iterable[str]) -> Iterator[Iterator[str]]:
    """Between any two borders of ranges; a single IPv4 address has one spelling only."""
    ranges = [found for policy in policies if (found := addresses(policy))]
    for version, width in zip((4, 6), WIDTHS, strict=True):
        of_version = [found for found in ranges if found[0] == version]
        borders = {0, 1 << width} | {found[1] for found in of_version} | {found[2] + 1 for found in of_version}
        ordered = sorted(borders)
        for low, high in pairwise(ordered):
            yield _addresses(low, high, IPv4Address if version == 4 else IPv6Address)
    yield _words()


def _addresses(low: int, high: int, kind: type[IPv4Address] | type[IPv6Address]) -> Iterator[str]:
    """The addresses from `low` to below `high`; first one in the middle, which looks like one of a host."""
    middle = low + (high - low) // 2
    for number_ in range(middle, min(high, middle + 1000)):
        yield str(kind(number_))
        if kind is IPv6Address:
            yield kind(number_).exploded
    for number_ in range(low, min(middle, low + 1000)):
        yield str(kind(number_))


def _byte_cells(policies: Iterable[str]) -> Iterator[Iterator[str]]:
    """The bytes in play, and all others."""
    known = dict.fromkeys(found for policy in policies if (found := octets(policy)) is not None)
    yield from (iter([base64.b64encode(each).decode()]) for each in known)
    yield (text for length in count(1) if octets(text := base64.b64encode(b"x" * length).decode()) not in known)
    yield _words()


def _words() -> Iterator[str]:
    """Texts that are no number, date, address or base-64."""
    return (NO_VALUE + "." * dots for dots in count())


NUMBER = Kind("a number", _ordered(number), _number_cells)
DATE = Kind("a date", _ordered(seconds), _date_cells)
ADDRESS = Kind("an address", _in_range, _address_cells)
BYTES = Kind("bytes", _same_bytes, _byte_cells)
