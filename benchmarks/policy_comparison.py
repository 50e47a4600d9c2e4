"""Measure the comparison of policy documents; write policy_comparison.json beside this file and print it.

`python -m benchmarks.policy_comparison [FILE.jsonl]`: milliseconds of wall time for one pair, both directions and the
replay of what is shown included, over pairs made here, or over those of a batch as `clover compare` takes it.
"""

import json
import os
import platform
import random
import statistics
import sys
import time
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from clover.cli.compare import replay
from clover.logic.aws_sets import Undecided, compare

FILE = Path(__file__).parent / "policy_comparison.json"
PAIRS = 1000
SEED = 20261001
Json = dict[str, Any]
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


def main() -> None:
    """Measure and write."""
    given = [Path(word) for word in sys.argv[1:2]]
    pairs = _batch(given[0]) if given else _made()
    figures = {"machine": _machine(), "pairs": given[0].name if given else "made here", **_measured(pairs)}
    text = json.dumps(figures, indent=2) + "\n"
    if not given:
        FILE.write_text(text)
    print(text, end="")


def _machine() -> dict[str, str | int | None]:
    """What the figures were measured on and with."""
    return {
        "measured": datetime.now(UTC).date().isoformat(),
        "system": platform.system(),
        "architecture": platform.machine(),
        "cores": os.cpu_count(),
        "python": platform.python_version(),
    }


def _measured(pairs: list[tuple[Json, Json]]) -> dict[str, Any]:
    """The figures of all pairs."""
    taken: list[float] = []
    relations: Counter[str] = Counter()
    for existing, new in pairs:
        started = time.perf_counter()
        try:
            relation: str = compare(existing, new, replay(existing, new)).relation
        except Undecided:
            relation = "undecided"
        taken.append(1000 * (time.perf_counter() - started))
        relations[relation] += 1
    ranked = sorted(taken)
    figures = {
        "median": statistics.median(ranked),
        "p95": ranked[int(0.95 * len(ranked))],
        "p99": ranked[int(0.99 * len(ranked))],
        "max": ranked[-1],
        "mean": statistics.mean(ranked),
    }
    return {
        "number": len(ranked),
        "relations": dict(sorted(relations.items())),
        "milliseconds": {name: round(value, 2) for name, value in figures.items()},
    }


def _batch(path: Path) -> list[tuple[Json, Json]]:
    """The pairs of a batch."""
    lines = [json.loads(line) for line in path.read_text().splitlines() if line.strip()]
    return [(line["existing"], line["new"]) for line in lines]


def _made() -> list[tuple[Json, Json]]:
    """Documents of a few statements, and each with a change as people make them."""
    chance = random.Random(SEED)  # noqa: S311
    return [_pair(chance) for _ in range(PAIRS)]


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
