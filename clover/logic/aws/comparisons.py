"""How each condition operator compares one value in the policy with one value in the request.

Source: IAM User Guide, "IAM JSON policy elements: Condition operators".
A value that is not of the operator's kind (a word for a number, say) compares as not matching.
"""

import base64
import binascii
import ipaddress
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal

from clover.logic.aws.globs import Part, matches
from clover.logic.aws.variables import COLONS_BEFORE_RESOURCE, Variables

Comparison = Callable[[str, str, Variables], bool]

NUMBER = re.compile(r"[+-]?(?:\d+(?:\.\d*)?|\.\d+)", re.ASCII)
YEAR = re.compile(r"\d{4}", re.ASCII)
DATE = re.compile(
    r"(?P<year>\d{4})(?:-(?P<month>\d\d)(?:-(?P<day>\d\d)"
    r"(?:T(?P<hour>\d\d):(?P<minute>\d\d)(?::(?P<second>\d\d)(?P<fraction>\.\d+)?)?"
    r"(?P<zone>Z|[+-]\d\d:\d\d)?)?)?)?",
    re.ASCII,
)
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
BOOLEANS = frozenset({"true", "false"})
PREFIX_LENGTH = re.compile(r"\d{1,3}", re.ASCII)


def string_equals(policy: str, request: str, variables: Variables) -> bool:
    """Exact matching, case-sensitive; `*` and `?` are themselves."""
    return _text(policy, variables) == request


def string_equals_ignore_case(policy: str, request: str, variables: Variables) -> bool:
    """Exact matching, ignoring case."""
    text = _text(policy, variables)
    return text is not None and text.lower() == request.lower()


def string_like(policy: str, request: str, variables: Variables) -> bool:
    """Case-sensitive matching with `*` and `?` anywhere."""
    pattern = variables.pattern(policy)
    return pattern is not None and matches(pattern, request)


def arn_like(policy: str, request: str, variables: Variables) -> bool:
    """Each of the six colon-delimited components by itself, case-sensitive, with `*` and `?` in each.

    A lone `*` stands for every ARN; any other value with fewer than six components matches nothing.
    """
    if policy == "*":
        return True
    components = _split(variables.pattern(policy) or [])
    values = request.split(":", COLONS_BEFORE_RESOURCE)
    if not len(components) == len(values) == COLONS_BEFORE_RESOURCE + 1:
        return False
    return all(matches(component, value) for component, value in zip(components, values, strict=True))


def numeric(holds: Callable[[Decimal, Decimal], bool]) -> Comparison:
    """A comparison of numbers: `holds(request, policy)`. Takes no policy variables."""

    def compare(policy: str, request: str, _variables: Variables) -> bool:
        numbers = _number(request), _number(policy)
        return numbers[0] is not None and numbers[1] is not None and holds(numbers[0], numbers[1])

    return compare


def date(holds: Callable[[Decimal, Decimal], bool]) -> Comparison:
    """A comparison of points in time: `holds(request, policy)`. Takes no policy variables."""

    def compare(policy: str, request: str, _variables: Variables) -> bool:
        times = _seconds(request), _seconds(policy)
        return times[0] is not None and times[1] is not None and holds(times[0], times[1])

    return compare


def boolean(policy: str, request: str, variables: Variables) -> bool:
    """The same truth value, in any capitals."""
    text = (_text(policy, variables) or "").lower()
    return text in BOOLEANS and text == request.lower()


def binary_equals(policy: str, request: str, _variables: Variables) -> bool:
    """The same bytes; JSON has none, so the request's value is base-64 like the policy's."""
    try:
        return base64.b64decode(policy, validate=True) == base64.b64decode(request, validate=True)
    except (binascii.Error, ValueError):
        return False


def ip_address(policy: str, request: str, _variables: Variables) -> bool:
    """The address lies in the range; IPv4 and IPv6 never match each other. Takes no policy variables."""
    base, slash, length = policy.partition("/")
    if "%" in base + request or (slash and not PREFIX_LENGTH.fullmatch(length)):
        return False
    try:
        return ipaddress.ip_address(request) in ipaddress.ip_network(policy, strict=False)
    except ValueError:
        return False


def _text(policy: str, variables: Variables) -> str | None:
    """The policy's value with its placeholders filled in; None when one has no value."""
    pieces = variables.fill_in(policy)
    return None if pieces is None else "".join(piece.text for piece in pieces)


def _split(pattern: list[Part]) -> list[list[Part]]:
    """The pattern's components: cut at its first five colons."""
    components: list[list[Part]] = [[]]
    for part in pattern:
        if not isinstance(part, str):
            components[-1].append(part)
            continue
        first, *others = part.split(":", COLONS_BEFORE_RESOURCE + 1 - len(components))
        components[-1].append(first)
        components.extend([text] for text in others)
    return components


def _number(text: str) -> Decimal | None:
    """An integer or a decimal number."""
    return Decimal(text) if NUMBER.fullmatch(text) else None


def _seconds(text: str) -> Decimal | None:
    """Seconds since 1970 of an ISO 8601 date in one of W3C's forms, or of epoch time.

    Four digits alone are a year; a time without zone is UTC.
    """
    number = None if YEAR.fullmatch(text) else _number(text)
    parsed = DATE.fullmatch(text)
    if number is not None or parsed is None:
        return number
    try:
        since = _moment(parsed) - EPOCH
    except (ValueError, OverflowError):
        return None
    return Decimal(since.days * 86_400 + since.seconds) + Decimal(f"0{parsed['fraction'] or ''}")


def _moment(parsed: re.Match[str]) -> datetime:
    """The point in time, to the second; raises ValueError for a 30th of February."""
    defaults = {"month": 1, "day": 1, "hour": 0, "minute": 0, "second": 0}
    parts = {name: int(parsed[name] or default) for name, default in defaults.items()}
    return datetime(int(parsed["year"]), **parts, tzinfo=_zone(parsed["zone"] or "Z"))


def _zone(text: str) -> timezone:
    """UTC or an offset from it such as +01:00."""
    if text == "Z":
        return UTC
    offset = timedelta(hours=int(text[1:3]), minutes=int(text[4:6]))
    return timezone(-offset if text[0] == "-" else offset)
