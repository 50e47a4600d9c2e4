"""What the pack's service does once, and what it does before the engine asks: it changes no word of what is said."""

from collections.abc import Callable
from typing import Any

import pytest
from google.protobuf import json_format

from clover.controls import aws_requests
from clover.controls.alike import Alike
from tests.policy.engine import Pack, mandatory, request
from tests.policy.stacks import DAY, JUDGED, named, pack, put, states
from tests.zones import own_evidence


@pytest.mark.parametrize("day", [DAY, "2031-01-01"])
def test_what_was_readied_changes_no_word(monkeypatch: pytest.MonkeyPatch, day: str) -> None:
    """On the later day no given counts any more: what the zone alone decides is open, and shown by requests."""
    found = states()
    put(named(found, "media-bucket"), "region", "us-east-1")
    said: list[Any] = []
    for stack in (None, "dublin"):
        monkeypatch.setattr(aws_requests, "_FINDINGS", Alike[Any]())
        said.append(mandatory(Pack({JUDGED: {"asOf": day}}, stack).stack(found)))
    assert said[0] == said[1]
    assert "RES-1.holds@dublin/media-bucket" in said[0]["RES-1"][0]


@pytest.mark.parametrize(("day", "again"), [(DAY, False), ("2031-01-01", True)])
def test_what_the_zone_alone_closes_is_known_before_the_stack_is(
    monkeypatch: pytest.MonkeyPatch, day: str, again: bool
) -> None:
    """On the later day no given counts any more: what is open is found out of the stack itself."""
    worked_out: list[str] = []
    made = aws_requests._worked_out  # pyright: ignore[reportPrivateUsage]

    def counted(*told: Any) -> Any:
        worked_out.extend(name for name in told[-1] if name)
        return made(*told)

    monkeypatch.setattr(aws_requests, "_worked_out", counted)
    monkeypatch.setattr(aws_requests, "_FINDINGS", Alike[Any]())
    readied = Pack({JUDGED: {"asOf": day, "zone": str(own_evidence.file())}}, "dublin")
    readied.stack([])
    before = set(worked_out)
    worked_out.clear()
    assert (readied.stack(states(own_evidence.STACK)) == []) is not again
    assert len(before) > 20
    assert bool(before & set(worked_out)) is again


def test_a_stack_is_unpacked_once_and_not_once_a_policy(monkeypatch: pytest.MonkeyPatch) -> None:
    unpacked: list[Any] = []
    made: Callable[[Any], Any] = json_format.MessageToDict

    def counted(told: Any) -> Any:
        unpacked.append(told)
        return made(told)

    found, one = states(), pack()
    asked = request(found)
    monkeypatch.setattr(json_format, "MessageToDict", counted)
    one.service.AnalyzeStack(asked, None)
    assert len(unpacked) == len(found)
