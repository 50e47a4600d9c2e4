"""Measure the comparison of policy documents; print the figures, and for pairs made here write policy_comparison.json.

`python -m benchmarks.policy_comparison [PATH]`: milliseconds for one pair, both directions and the replay of what is
shown included, over pairs made here, or over those of a batch or a folder (benchmarks/policy_pairs.py). Each pair is
compared once in turn (warm: what pairs before it left in memory helps), and once more with all that was remembered
forgotten before it (alone). Beside wall time stands the processor's time, which others on the machine disturb less.
Where a table says what others found, both are set against each other.
"""

import functools
import gc
import json
import random
import statistics
import sys
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple, cast

from benchmarks.machine import load, machine
from benchmarks.policy_pairs import Json, Pair, pairs_of
from clover.cli.compare import replay
from clover.logic.aws_sets import Undecided, compare

FILE = Path(__file__).parent / "policy_comparison.json"
PAIRS = 1000
SEED = 20261001
SERVICES = {
    "s3": ["GetObject", "PutObject", "ListBucket", "DeleteObject", "Get*", "Put*", "*"],
    "ec2": ["RunInstances", "StartInstances", "StopInstances", "Describe*", "AttachVolume", "*Tags"],
    "iam": ["CreateUser", "ListUsers", "PassRole", "Get*", "Update*"],
}
RESOURCES = {
    "s3": [
        "arn:aws:s3:::store",
        "arn:aws:s3:::store/*",
        "arn:aws:s3:::store/home/${aws:username}/*",
        "arn:aws:s3:::*-logs/*",
    ],
    "ec2": ["arn:aws:ec2:*:111122223333:instance/*", "arn:aws:ec2:eu-west-1::image/ami-*", "arn:aws:ec2:*:*:volume/*"],
    "iam": ["arn:aws:iam::111122223333:user/*", "arn:aws:iam::*:role/service/*"],
}
CONDITIONS: list[Json] = [
    {},
    {},
    {"IpAddress": {"aws:SourceIp": ["203.0.113.0/24", "2001:db8::/32"]}},
    {"NotIpAddress": {"aws:SourceIp": "203.0.113.64/26"}},
    {"StringNotEqualsIfExists": {"aws:SourceVpce": "vpce-1"}},
    {"StringLike": {"s3:prefix": ["", "home/", "home/${aws:username}/*"]}},
    {"Bool": {"aws:SecureTransport": "false"}},
    {"NumericLessThan": {"aws:MultiFactorAuthAge": "3600"}},
    {"DateGreaterThan": {"aws:CurrentTime": "2026-10-01T00:00:00Z"}},
    {"ForAllValues:StringEquals": {"aws:TagKeys": ["team", "owner"]}},
    {"ArnLike": {"aws:PrincipalArn": "arn:aws:iam::111122223333:role/*"}},
]


class Taken(NamedTuple):
    """What one comparison took, in milliseconds, and what it said; `removed` and `added` are None where undecided."""

    wall: float
    processor: float
    relation: str
    removed: bool | None
    added: bool | None


def main() -> None:
    """Measure and write."""
    given = [Path(word) for word in sys.argv[1:2]]
    pairs = pairs_of(given[0]) if given else _made()
    figures = {"machine": machine(), "load before": load(), **_measured(pairs), "load after": load()}
    text = json.dumps({"pairs": given[0].name if given else "made here", **figures}, indent=2) + "\n"
    if not given:
        FILE.write_text(text)
    print(text, end="")


def _measured(pairs: Sequence[Pair]) -> dict[str, Any]:
    """The figures of all pairs."""
    remembered = list(_remembered())
    warm = [_taken(pair) for pair in pairs]
    alone: list[Taken] = []
    for pair in pairs:
        for each in remembered:
            each.cache_clear()
        alone.append(_taken(pair))
    changed = sum(one[2:] != other[2:] for one, other in zip(warm, alone, strict=True))
    return {
        "number": len(pairs),
        "directions": 2 * len(pairs),
        "relations": dict(sorted(Counter(each.relation for each in warm).items())),
        "answered otherwise alone": changed,
        "warm": _ranked(warm),
        "alone": _ranked(alone),
        **_beside_others(pairs, warm),
    }


def _remembered() -> Iterator[Any]:
    """Everything that remembers what it was asked, tables apart that the program reads once."""
    for each in gc.get_objects():
        if isinstance(each, functools._lru_cache_wrapper):  # pyright: ignore[reportPrivateUsage]
            bound = cast("int | None", each.cache_parameters()["maxsize"])
            if bound is not None and (each.__module__ or "").startswith("clover."):
                yield each


def _taken(pair: Pair) -> Taken:
    """One comparison."""
    started, busy = time.perf_counter(), time.process_time()
    try:
        found = compare(pair.existing, pair.new, replay(pair.existing, pair.new))
        said = (str(found.relation), found.removed is not None, found.added is not None)
    except Undecided:
        said = ("undecided", None, None)
    return Taken(1000 * (time.perf_counter() - started), 1000 * (time.process_time() - busy), *said)


def _ranked(taken: Sequence[Taken]) -> dict[str, dict[str, float]]:
    """The figures of both clocks."""
    return {
        "milliseconds": _figures([each.wall for each in taken]),
        "milliseconds of the processor": _figures([each.processor for each in taken]),
    }


def _figures(values: Sequence[float]) -> dict[str, float]:
    """Where half, nearly all and all of the values lie below."""
    ranked = sorted(values)
    figures = {
        "median": statistics.median(ranked),
        "p95": ranked[int(0.95 * len(ranked))],
        "p99": ranked[int(0.99 * len(ranked))],
        "max": ranked[-1],
        "mean": statistics.mean(ranked),
    }
    return {name: round(value, 2) for name, value in figures.items()}


def _beside_others(pairs: Sequence[Pair], taken: Sequence[Taken]) -> dict[str, Any]:
    """In how many directions what others found is the same, and where it is not, by the folder of the document."""
    alike, other = Counter[str](), Counter[str]()
    for pair, own in zip(pairs, taken, strict=True):
        for direction, theirs, ours in (("removed", pair.removed, own.removed), ("added", pair.added, own.added)):
            if theirs is None:
                continue
            found = f"theirs {_said(theirs)}, ours {_said(ours)}"
            alike[found] += 1
            if theirs is not ours:
                other[f"{pair.name.split('/')[-3]}, {direction}: {found}"] += 1
    if not alike:
        return {}
    return {"beside what others found": dict(sorted(alike.items())), "found otherwise": dict(sorted(other.items()))}


def _said(found: bool | None) -> str:
    return {True: "SAT", False: "UNSAT", None: "undecided"}[found]


def _made() -> list[Pair]:
    """Documents of a few statements, and each with a change as people make them."""
    chance = random.Random(SEED)  # noqa: S311
    return [Pair(str(number), *_pair(chance)) for number in range(PAIRS)]


def _pair(chance: random.Random) -> tuple[Json, Json]:
    """A document, and the same with one statement changed, dropped or added."""
    attached = chance.random() < 0.4
    statements = [_statement(chance, attached) for _ in range(chance.randint(1, 6))]
    changed = [dict(each) for each in statements]
    place = chance.randrange(len(changed))
    match chance.choice(["element", "element", "drop", "add", "nothing"]):
        case "element":
            name = chance.choice(["Action", "Resource", "Condition"])
            changed[place][name] = _statement(chance, attached)[name]
        case "drop":
            del changed[place]
        case "add":
            changed.append(_statement(chance, attached))
        case _:
            chance.shuffle(changed)
    return _document(statements), _document(changed)


def _document(statements: list[Json]) -> Json:
    """A document of the statements."""
    return {"Version": "2012-10-17", "Statement": statements}


def _statement(chance: random.Random, attached: bool) -> Json:
    """A statement about one service."""
    service = chance.choice(list(SERVICES))
    actions = chance.sample(SERVICES[service], k=chance.randint(1, 4))
    statement: Json = {
        "Effect": chance.choice(["Allow", "Allow", "Allow", "Deny"]),
        "Action": [f"{service}:{action}" for action in actions],
        "Resource": chance.choice([["*"], chance.sample(RESOURCES[service], k=2)]),
        "Condition": chance.choice(CONDITIONS),
    }
    if attached:
        roles = [f"arn:aws:iam::111122223333:role/{name}" for name in chance.sample(["reader", "writer", "clerk"], k=2)]
        statement["Principal"] = chance.choice(["*", {"AWS": roles}, {"AWS": "444455556666"}])
    return statement


if __name__ == "__main__":
    main()
