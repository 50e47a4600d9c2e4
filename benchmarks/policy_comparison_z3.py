"""Ask z3 the questions of benchmarks/policy_comparison.py, for its time and its answers beside Clover's.

`PYTHONPATH=. INTERPRETER -m benchmarks.policy_comparison_z3 PATH [ANSWERS.jsonl]`, where INTERPRETER has `z3-solver`,
in an environment of its own: Clover does not depend on it. ANSWERS is what `clover compare` said of the same pairs, in
their order; directions in which z3 says otherwise are listed. Strings are z3's sequences, patterns its regular
expressions, IPv4 addresses bit vectors; one solver for each direction, and no more than 10 s for it. What this encoding
does not have (see `Unsupported`) is counted. Callers are a string and an account, which is less than Clover looks at.
"""

import importlib
import json
import statistics
import sys
import time
from collections import Counter
from collections.abc import Iterator
from ipaddress import IPv4Network
from pathlib import Path
from typing import Any, cast

from benchmarks.policy_pairs import Json, Pair, pairs_of

z3: Any = importlib.import_module("z3")
LIMIT = 10_000
"""Milliseconds for one direction."""
FIELDS = 6
NEGATIONS = {"StringNotEquals": "StringEquals", "StringNotLike": "StringLike", "NotIpAddress": "IpAddress"}
NAMES = "aws:username"


class Unsupported(Exception):
    """Something that is not encoded here: other operators, variables inside patterns, IPv6."""


class Encoding:
    """Two documents as formulas over one request."""

    def __init__(self) -> None:
        self.action, self.caller, self.account = z3.String("action"), z3.String("caller"), z3.String("account")
        self.fields = [z3.String(f"field {number}") for number in range(FIELDS)]
        self.address = z3.BitVec("address", 32)
        letter = z3.Union(z3.Range("a", "z"), z3.Range("0", "9"), z3.Re("-"))
        self.lawful: list[Any] = [
            z3.InRe(self.action, z3.Concat(z3.Plus(letter), z3.Re(":"), z3.Plus(letter))),
            self.fields[0] == z3.StringVal("arn"),
            *(z3.InRe(field, z3.Star(_but(":*?"))) for field in self.fields[1:5]),
            z3.Length(self.fields[5]) > 0,
            z3.InRe(self.account, z3.Loop(z3.Range("0", "9"), 12, 12)),
            z3.Or(self._of(self.account), z3.SuffixOf(z3.StringVal(".amazonaws.com"), self.caller)),
        ]

    def allowed(self, document: Json) -> Any:
        """Where a statement allows, and none denies."""
        found = _listed(document["Statement"])
        variables = document.get("Version") == "2012-10-17"
        allow = [self._fits(each, variables) for each in found if each["Effect"] == "Allow"]
        deny = [self._fits(each, variables) for each in found if each["Effect"] == "Deny"]
        return z3.And(z3.Or(allow), z3.Not(z3.Or(deny)))

    def _fits(self, statement: Json, variables: bool) -> Any:
        found: list[Any] = []
        for name, fits in (("Action", self._action), ("Resource", self._resource), ("Principal", self._principal)):
            if name in statement:
                found.append(z3.Or([fits(each) for each in _named(statement[name])]))
            if f"Not{name}" in statement:
                found.append(z3.Not(z3.Or([fits(each) for each in _named(statement[f"Not{name}"])])))
        for operator, keys in statement.get("Condition", {}).items():
            found += [self._holds(operator, key.lower(), _listed(values), variables) for key, values in keys.items()]
        return z3.And(found)

    def _action(self, pattern: str) -> Any:
        return z3.InRe(self.action, _glob(pattern.lower()))

    def _resource(self, pattern: str) -> Any:
        if "${" in pattern:
            raise Unsupported("variables in resources")
        if pattern == "*":
            return z3.BoolVal(True)
        parts = pattern.split(":", FIELDS - 1)
        parts += ["*"] * (FIELDS - len(parts))
        return z3.And([z3.InRe(field, _glob(part)) for field, part in zip(self.fields, parts, strict=True)])

    def _principal(self, named: str) -> Any:
        if named == "*":
            return z3.BoolVal(True)
        parts = named.split(":")
        if named.endswith(":root") and len(parts) == FIELDS:
            return z3.And(self.account == z3.StringVal(parts[4]), self._of(self.account))
        return self.caller == z3.StringVal(named)

    def _of(self, account: Any) -> Any:
        """Whether the caller is of the account."""
        return z3.PrefixOf(z3.Concat(z3.StringVal("arn:aws:iam::"), account, z3.StringVal(":")), self.caller)

    def _holds(self, operator: str, key: str, values: list[Any], variables: bool) -> Any:
        plain = operator.removeprefix("ForAllValues:").removesuffix("IfExists")
        base = NEGATIONS.get(plain, plain)
        present = z3.Bool(f"has {key}")
        found = z3.Or([self._one(base, key, str(each), variables) for each in values])
        if plain in NEGATIONS:
            return z3.Or(z3.Not(present), z3.Not(found))
        if operator.endswith("IfExists") or operator.startswith("ForAllValues:"):
            return z3.Or(z3.Not(present), found)
        return z3.And(present, found)

    def _one(self, base: str, key: str, wanted: str, variables: bool) -> Any:
        value = z3.String(f"value of {key}")
        if variables and wanted == f"${{{NAMES}}}" and base in ("StringEquals", "StringLike"):
            return z3.And(z3.Bool(f"has {NAMES}"), value == z3.String(f"value of {NAMES}"))
        if variables and "${" in wanted:
            raise Unsupported("variables inside patterns")
        if base == "StringEquals":
            return value == z3.StringVal(wanted)
        if base == "Bool":
            return value == z3.StringVal(wanted.lower())
        if base == "StringLike":
            return z3.InRe(value, _glob(wanted))
        if base == "StringEqualsIgnoreCase":
            return z3.InRe(value, _sequence([z3.Union(z3.Re(each.lower()), z3.Re(each.upper())) for each in wanted]))
        if base == "IpAddress" and ":" not in wanted:
            network = IPv4Network(wanted)
            mask = z3.BitVecVal(int(network.netmask), 32)
            return self.address & mask == z3.BitVecVal(int(network.network_address), 32)
        raise Unsupported(base)


def main() -> None:
    """Ask, and print the figures."""
    pairs = pairs_of(Path(sys.argv[1]))
    answers = [json.loads(line) for line in Path(sys.argv[2]).read_text().splitlines()] if len(sys.argv) > 2 else None
    taken: list[float] = []
    said: Counter[str] = Counter()
    otherwise: list[str] = []
    for number, pair in enumerate(pairs):
        for direction, found, milliseconds in _asked(pair):
            taken.append(milliseconds)
            said[found] += 1
            if answers and found in ("sat", "unsat") and (found == "sat") != bool(answers[number][direction]):
                otherwise.append(f"{pair.name} {direction}: z3 {found}")
    ranked = sorted(taken)
    figures = {
        "z3": z3.get_version_string(),
        "directions": len(ranked),
        "answers": dict(said),
        "milliseconds of one direction": {
            "median": round(statistics.median(ranked), 2),
            "p99": round(ranked[int(0.99 * len(ranked))], 2),
            "max": round(ranked[-1], 2),
        },
        "otherwise than Clover": otherwise,
    }
    print(json.dumps(figures, indent=2))


def _asked(pair: Pair) -> Iterator[tuple[str, str, float]]:
    """What is found in both directions, and how long that took."""
    for direction, one, other in (("removed", pair.existing, pair.new), ("added", pair.new, pair.existing)):
        started = time.perf_counter()
        try:
            encoding = Encoding()
            solver = z3.Solver()
            solver.set("timeout", LIMIT)
            solver.add(*encoding.lawful, encoding.allowed(one), z3.Not(encoding.allowed(other)))
            found = str(solver.check())
        except Unsupported as error:
            found = f"not encoded: {error}"
        yield direction, found, 1000 * (time.perf_counter() - started)


def _listed(value: Any) -> list[Any]:
    """A list, or what stands without one."""
    return cast("list[Any]", value) if isinstance(value, list) else [value]


def _named(value: Any) -> Iterator[str]:
    """The texts of an element; of principals those of every kind."""
    for each in cast("Json", value).values() if isinstance(value, dict) else [value]:
        yield from _listed(each)


def _but(characters: str) -> Any:
    """Any character but these."""
    return z3.Intersect(z3.AllChar(z3.ReSort(z3.StringSort())), *(z3.Complement(z3.Re(each)) for each in characters))


def _glob(pattern: str) -> Any:
    """The texts that a pattern covers."""
    anything = z3.AllChar(z3.ReSort(z3.StringSort()))
    return _sequence([{"*": z3.Star(anything), "?": anything}.get(each, z3.Re(each)) for each in pattern])


def _sequence(parts: list[Any]) -> Any:
    """One after the other."""
    if not parts:
        return z3.Re("")
    return parts[0] if len(parts) == 1 else z3.Concat(*parts)


if __name__ == "__main__":
    main()
