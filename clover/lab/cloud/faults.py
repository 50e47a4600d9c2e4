"""Faults: what the cloud does wrong on purpose. Deterministic: the same calls meet the same faults.

Kinds: `throttle` a share of calls, `fail` or `hang` the next n, `fail-each` the first of each operation that writes,
and `delay-consistency`: a fresh thing is not found until the clock has gone on so far. What is written over a thing
that is there does not make it fresh again.
"""

import hashlib
import threading
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol, cast

from clover.errors import BadInput
from clover.lab.arm.operations_known import is_action
from clover.lab.clock import Clock
from clover.lab.cloud.answers import Refusal
from clover.lab.cloud.models import service_model
from clover.lab.cloud.tables import table

MAX_SECONDS = 600
"""The longest hang, or delay by the lab's clock, in seconds."""

_FIELDS: dict[str, dict[str, type | tuple[type, ...]]] = {
    "throttle": {"share": (int, float)},
    "fail": {"times": int, "code": str, "status": int},
    "fail-each": {"code": str, "status": int},
    "hang": {"times": int, "seconds": (int, float)},
    "delay-consistency": {"seconds": (int, float)},
}
_RANGES = {"share": (0, 1), "times": (1, 10_000), "status": (400, 599), "seconds": (0, MAX_SECONDS)}


class Call(Protocol):
    """A call to either cloud, as far as faults look at it."""

    @property
    def name(self) -> str:
        """The operation: `s3.PutBucketPolicy`, `Microsoft.Storage/storageAccounts/write`."""
        ...

    @property
    def service(self) -> str:
        """The service or namespace."""
        ...

    @property
    def is_read(self) -> bool:
        """Whether it changes nothing."""
        ...

    def throttled(self) -> Refusal:
        """How the service refuses one call too many."""
        ...

    def mentioned(self) -> set[str]:
        """The names and ids that it mentions."""
        ...

    def fresh(self, answered: Mapping[str, Any]) -> tuple[frozenset[str], Refusal] | None:
        """The names of what it made, by its result, and how a read that does not find it yet is refused."""
        ...


@dataclass(slots=True)
class Fault:
    """One fault and how much of it is left (None: it does not run out)."""

    setting: Mapping[str, Any]
    left: int | None

    def applies(self, call: Call) -> bool:
        """Whether this fault is about `call`."""
        operation = self.setting["operation"]
        return self.left != 0 and operation in ("*", call.name, f"{call.service}.*", f"{call.service}/*")


@dataclass(slots=True)
class _Unsettled:
    """A fresh thing that reads do not find until a moment by the lab's clock."""

    service: str
    names: frozenset[str]
    refusal: Refusal
    until: float


@dataclass(frozen=True, slots=True)
class Effect:
    """What befalls a call: a wait in seconds, then a refusal or the true answer."""

    seconds: float = 0.0
    refusal: Refusal | None = None


class Faults:
    """The faults of a running cloud; safe to use from several threads."""

    def __init__(self, clock: Clock, settings: Sequence[Mapping[str, Any]] = ()) -> None:
        """Start with `settings`, which `checked` has passed."""
        self._clock = clock
        self._lock = threading.Lock()
        self.replace(settings)

    def replace(self, settings: Sequence[Mapping[str, Any]]) -> None:
        """Forget all faults and counts, and start afresh with `settings`."""
        with self._lock:
            self._faults = [Fault(setting, setting.get("times")) for setting in settings]
            self._seen: Counter[tuple[int, str]] = Counter()
            self._failed: set[tuple[int, str]] = set()
            self._made: set[tuple[str, frozenset[str]]] = set()
            self._unsettled: list[_Unsettled] = []

    def settings(self) -> list[dict[str, Any]]:
        """The faults as they were set, with what is left of those that run out."""
        with self._lock:
            return [{**fault.setting, **({} if fault.left is None else {"left": fault.left})} for fault in self._faults]

    def effect(self, call: Call) -> Effect:
        """What befalls `call`; counts it."""
        with self._lock:
            hidden = self._hidden(call)
            if hidden:
                return Effect(refusal=hidden)
            for index, fault in enumerate(self._faults):
                if fault.applies(call) and (effect := self._strike(index, fault, call)):
                    return effect
        return Effect()

    def _strike(self, index: int, fault: Fault, call: Call) -> Effect | None:
        setting = fault.setting
        if setting["kind"] == "throttle":
            return Effect(refusal=call.throttled()) if self._drawn(index, call) < setting["share"] else None
        if setting["kind"] == "delay-consistency":
            return None
        refused = Effect(refusal=Refusal(setting.get("code", ""), "injected by the lab", setting.get("status", 0)))
        if setting["kind"] == "fail-each":
            return refused if self._is_first(index, call) else None
        fault.left = int(fault.left or 0) - 1
        return Effect(seconds=float(setting["seconds"])) if setting["kind"] == "hang" else refused

    def _is_first(self, index: int, call: Call) -> bool:
        """Whether a call is the first of an operation that writes; notes it."""
        if call.is_read or (index, call.name) in self._failed:
            return False
        self._failed.add((index, call.name))
        return True

    def _drawn(self, index: int, call: Call) -> float:
        """A number in [0, 1) that depends only on the fault, the operation and how often it was called."""
        self._seen[index, call.name] += 1
        text = f"{index}:{call.name}:{self._seen[index, call.name]}"
        return int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], "big") / 2**64

    def settle(self, call: Call, answered: Mapping[str, Any]) -> None:
        """Note that `call` succeeded with the result `answered`: what it made may be hidden from reads."""
        with self._lock:
            for fault in self._faults:
                if fault.setting["kind"] == "delay-consistency" and fault.applies(call):
                    self._hide(call, answered, fault.setting["seconds"])

    def delays(self, call: Call) -> bool:
        """Whether `settle` wants the result of `call`."""
        with self._lock:
            return any(f.setting["kind"] == "delay-consistency" and f.applies(call) for f in self._faults)

    def _hide(self, call: Call, answered: Mapping[str, Any], seconds: float) -> None:
        made = call.fresh(answered)
        if made and (call.name, made[0]) not in self._made:
            self._made.add((call.name, made[0]))
            self._unsettled.append(_Unsettled(call.service, *made, self._clock.now() + seconds))

    def _hidden(self, call: Call) -> Refusal | None:
        if not call.is_read:
            return None
        mentioned, now = call.mentioned(), self._clock.now()
        self._unsettled = [thing for thing in self._unsettled if thing.until > now]
        hidden = (one.refusal for one in self._unsettled if one.service == call.service and one.names & mentioned)
        return next(hidden, None)


def checked(settings: object) -> list[dict[str, Any]]:
    """`settings` when they are a list of valid faults; otherwise BadInput naming the first wrong one."""
    if not isinstance(settings, list):
        raise BadInput("faults must be a list")
    for index, setting in enumerate(cast(list[object], settings)):
        problem = _problem(setting)
        if problem:
            raise BadInput(f"fault {index}: {problem}")
    return cast(list[dict[str, Any]], settings)


def _problem(setting: object) -> str | None:
    if not isinstance(setting, dict):
        return "must be an object"
    fault = cast(dict[str, Any], setting)
    fields = _FIELDS.get(str(fault.get("kind")))
    if fields is None:
        return f"unknown kind {fault.get('kind')!r}; there are {', '.join(_FIELDS)}"
    if set(fault) != {"kind", "operation", *fields}:
        return f"{fault['kind']} takes exactly kind, operation, {', '.join(fields)}"
    for name, kind in fields.items():
        if not isinstance(fault[name], kind) or isinstance(fault[name], bool):
            return f"{name} has the wrong type"
        low, high = _RANGES.get(name, (None, None))
        if low is not None and high is not None and not low <= fault[name] <= high:
            return f"{name} must be between {low} and {high}"
    return _operation_problem(fault["operation"], fault["kind"])


def _operation_problem(operation: object, kind: str) -> str | None:
    if not isinstance(operation, str):
        return "operation has the wrong type"
    if "/" in operation:
        return None if is_action(operation, kind) else f"{operation!r} is no RBAC action that the lab serves"
    if kind == "delay-consistency":
        return None if operation in table("consistency") else f"{operation!r} makes nothing whose delay is known"
    if operation == "*":
        return None
    service, _, name = operation.partition(".")
    model = service_model(service)
    if model is None or (name != "*" and name not in model.operation_names):
        return f"{operation!r} is no operation: write it as in botocore, like s3.PutBucketPolicy"
    return None
