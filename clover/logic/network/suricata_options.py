"""The options of a Suricata rule: what they leave of the flows that its header fits."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import NamedTuple

from clover.logic.network.flows import APPLICATIONS, ICMP, PROTOCOLS, TCP, UDP, Stage
from clover.logic.network.intervals import Intervals
from clover.logic.network.names import NamePattern
from clover.logic.network.rules import BACK, FORWARD, Rule
from clover.logic.network.suricata_header import NotUnderstood, words


class Option(NamedTuple):
    """One option; `setting` is None where it has none."""

    keyword: str
    setting: str | None


@dataclass
class _Content:
    """One `content` and the words that say where it has to stand."""

    text: str
    negated: bool
    places: set[str] = field(default_factory=set[str])


@dataclass
class _Reading:
    """What has been read of a rule so far; `buffer` is the name that `content` speaks of, if any."""

    rule: Rule
    buffer: str | None = None
    dotted: bool = False
    named: str | None = None
    contents: list[_Content] = field(default_factory=list[_Content])
    last: _Content | None = None


_PLACES = ("startswith", "endswith", "nocase")
_NUMBERS = {"tcp": Intervals.only(TCP), "udp": Intervals.only(UDP), "icmp": Intervals.only(1), "icmpv6": ICMP}


def with_options(rule: Rule, options: Iterable[Option]) -> Rule:
    """Apply the options in their order; NotUnderstood names one that is not understood."""
    reading = _Reading(rule)
    for option in options:
        _read(reading, option)
    if reading.named is None:
        return reading.rule
    return _named(reading.rule, reading.named, reading.contents, reading.dotted)


def _read(reading: _Reading, option: Option) -> None:
    """Take one option into what has been read."""
    keyword = option.keyword.lower()
    if keyword == "content":
        _content(reading, option.setting or "")
    elif keyword in _PLACES:
        _place(reading, keyword)
    elif keyword == "dotprefix":
        reading.dotted = True
    elif keyword == "flow":
        reading.rule = _flow(reading.rule, option.setting or "")
    elif keyword == "ip_proto":
        reading.rule = _ip_proto(reading.rule, option.setting or "")
    elif keyword == "app-layer-protocol":
        reading.rule = _application(reading.rule, option.setting or "")
    elif keyword in words()["names"]:
        _buffer(reading, keyword)
    elif keyword in words()["narrowing"]:
        _leave_buffer(reading, keyword)
    elif keyword not in words()["neutral"]:
        raise NotUnderstood(f"keyword {option.keyword}")


def _buffer(reading: _Reading, keyword: str) -> None:
    """From here on `content` speaks of a host name."""
    if reading.named not in (None, keyword):
        raise NotUnderstood(f"keyword {keyword} beside {reading.named}")
    reading.buffer = reading.named = keyword


def _leave_buffer(reading: _Reading, keyword: str) -> None:
    """A keyword narrows the rule; one with a dot is a buffer, of which the next `content` speaks."""
    if "." in keyword:
        reading.buffer = None
    reading.rule = _narrowed(reading.rule, keyword)


def _content(reading: _Reading, setting: str) -> None:
    """A piece of text; outside a host name it narrows the rule."""
    negated = setting.startswith("!")
    reading.last = _Content(_text(setting.lstrip("!").strip()), negated)
    if reading.buffer is None or negated:
        reading.rule = _narrowed(reading.rule, "content")
    else:
        reading.contents.append(reading.last)


def _place(reading: _Reading, keyword: str) -> None:
    if reading.last is None:
        raise NotUnderstood(f"keyword {keyword} without content")
    reading.last.places.add(keyword)


def _text(setting: str) -> str:
    """The text of a `content`: quoted, with bytes in hexadecimal between bars, and escapes."""
    if len(setting) < 2 or setting[0] != '"' or setting[-1] != '"':
        raise NotUnderstood(f"content {setting}")
    pieces = re.split(r"\|([0-9A-Fa-f ]*)\|", setting[1:-1])
    return "".join(
        bytes.fromhex(piece).decode("latin-1") if number % 2 else re.sub(r"\\(.)", r"\1", piece)
        for number, piece in enumerate(pieces)
    )


def _named(rule: Rule, keyword: str, contents: Sequence[_Content], dotted: bool) -> Rule:
    """The rule on host names; a drop that minds upper and lower case can be evaded, so it is narrowed."""
    application = words()["names"][keyword]
    if rule.applications is not None and application not in rule.applications:
        raise NotUnderstood(f"keyword {keyword} in a rule on {', '.join(sorted(rule.applications))}")
    if not contents:
        raise NotUnderstood(f"keyword {keyword} without content")
    minding = any("nocase" not in content.places for content in contents) and application not in ("http", "dns")
    made = replace(rule, applications=frozenset((application,)), name=_pattern(contents, dotted))
    return _narrowed(made, "case") if minding and made.action.value in ("drop", "reject") else made


def _pattern(contents: Sequence[_Content], dotted: bool) -> NamePattern:
    """The names that hold every one of the contents in its place."""
    pattern = NamePattern(dotted=dotted)
    for content in contents:
        text, at_start, at_end = content.text.lower(), "startswith" in content.places, "endswith" in content.places
        if (at_start and pattern.begins) or (at_end and pattern.ends) or pattern.whole is not None:
            raise NotUnderstood("two contents in one place")
        if at_start and at_end:
            pattern = replace(pattern, whole=text)
        elif at_start:
            pattern = replace(pattern, begins=text)
        elif at_end:
            pattern = replace(pattern, ends=text)
        else:
            pattern = replace(pattern, holds=(*pattern.holds, text))
    return pattern


def _flow(rule: Rule, setting: str) -> Rule:
    """Which side's packets, and when: https://docs.suricata.io/en/latest/rules/flow-keywords.html."""
    for word in (part.strip().lower() for part in setting.split(",")):
        if word in ("to_server", "from_client"):
            rule = replace(rule, directions=rule.directions & {FORWARD})
        elif word in ("to_client", "from_server"):
            rule = replace(rule, directions=rule.directions & {BACK})
        elif word == "established":
            rule = replace(rule, stages=rule.stages - {Stage.OPENING})
        elif word == "not_established":
            rule = replace(rule, stages=rule.stages & {Stage.OPENING})
        elif word in ("only_stream", "no_stream", "only_frag", "no_frag"):
            rule = _narrowed(rule, f"flow:{word}")
        elif word != "stateless":
            raise NotUnderstood(f"flow:{word}")
    return rule


def _ip_proto(rule: Rule, setting: str) -> Rule:
    """An IP protocol by name or number, with `!` all others, with `<` or `>` a range."""
    found = re.fullmatch(r"([!<>]?)\s*(\w+)", setting.strip())
    if not found:
        raise NotUnderstood(f"ip_proto:{setting}")
    if found[2].isdigit():
        number = int(found[2])
        numbers = Intervals.only(number)
    elif found[2].lower() in _NUMBERS:
        numbers = _NUMBERS[found[2].lower()]
        number = numbers.first
    else:
        raise NotUnderstood(f"ip_proto:{setting}")
    chosen = {
        "": numbers,
        "!": PROTOCOLS - numbers,
        "<": Intervals.of([(0, number - 1)]),
        ">": Intervals.of([(number + 1, 255)]),
    }
    return replace(rule, protocols=rule.protocols & chosen[found[1]])


def _application(rule: Rule, setting: str) -> Rule:
    """An application, or with `!` every other one; nothing fits before the application has spoken."""
    name = setting.lstrip("!").strip().lower()
    if name not in APPLICATIONS:
        raise NotUnderstood(f"app-layer-protocol:{setting}")
    before = rule.applications if rule.applications is not None else frozenset(APPLICATIONS)
    chosen = before - {name} if setting.startswith("!") else before & {name}
    return replace(rule, applications=chosen)


def _narrowed(rule: Rule, *by: str) -> Rule:
    return replace(rule, narrowed=tuple(dict.fromkeys((*rule.narrowed, *by))))
