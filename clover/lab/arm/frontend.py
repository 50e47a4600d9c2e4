"""ARM over HTTP, behind the daemon's front end: tokens, faults, the call log, and JSON."""

import json
import logging
import uuid
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl

from moto.core.request import Request

from clover.lab.arm import data_plane
from clover.lab.arm.activities import note
from clover.lab.arm.call import ArmCall, Reply
from clover.lab.arm.engine import Engine
from clover.lab.arm.errors import ArmError, error
from clover.lab.arm.paths import parsed
from clover.lab.arm.record import record
from clover.lab.arm.striking import Struck
from clover.lab.arm.tokens import Caller, Tokens, endpoints
from clover.lab.arm.world import World
from clover.lab.clock import Clock
from clover.lab.cloud.answers import Answer
from clover.lab.cloud.calls import CallLog
from clover.lab.cloud.control import Control
from clover.lab.cloud.faults import Faults

_METHODS = ("GET", "HEAD", "PUT", "PATCH", "POST", "DELETE")
_log = logging.getLogger(__name__)


def is_arm(request: Request) -> bool:
    """Whether `request` is for ARM: it bears a token, asks for one, or asks for the metadata."""
    if request.path.startswith("/metadata/") or request.headers.get("Authorization", "").startswith("Bearer "):
        return True
    segments = request.path.lower().split("/")
    return len(segments) > 2 and segments[2] == "oauth2"


class ArmFrontEnd:
    """Answers what `is_arm` says is ARM's."""

    def __init__(self, control: Control, calls: CallLog, faults: Faults, clock: Clock) -> None:
        """Begin with an empty world, whose operations end by `clock`."""
        self._engine = Engine(World(clock.now))
        self._tokens = Tokens()
        self._control = control
        self._calls = calls
        self._faults = faults

    def answer(self, request: Request) -> Answer:
        """The answer to one request, whatever it is."""
        try:
            if request.path.startswith("/metadata/"):
                return _json(Reply(200, endpoints(request.host)))
            if "/oauth2/" in request.path.lower():
                return self._token(request)
            caller = self._tokens.caller(request.headers.get("Authorization", ""))
            if data_plane.is_data(request):
                with self._engine.turn:
                    return data_plane.answer(self._engine.world.store, request, caller)
            return self._called(request, caller)
        except ArmError as refusal:
            return _json(Reply(refusal.status, refusal.body, refusal.headers))

    def _token(self, request: Request) -> Answer:
        form = dict(parse_qsl(request.get_data(as_text=True)))
        try:
            return _json(Reply(200, self._tokens.issue(request.path.split("/")[1], form)))
        except ArmError as refusal:
            return _json(Reply(400, {"error": refusal.code, "error_description": refusal.message}))

    def _called(self, request: Request, caller: Caller) -> Answer:
        if request.method not in _METHODS:
            raise error("not_allowed", method=request.method)
        call = _parsed(request, caller)
        effect = self._faults.effect(Struck(call))
        self._control.stopping.wait(effect.seconds)
        with self._engine.turn:
            if effect.refusal:
                headers = {"Retry-After": "1"} if effect.refusal.status == 429 else {}
                refusal = ArmError(effect.refusal.status or 500, effect.refusal.code, effect.refusal.message, headers)
                reply = Reply(refusal.status, refusal.body, refusal.headers)
            else:
                reply = self._reply(call)
            self._calls.append(record(call, reply))
            note(self._engine.world, call, reply)
        return _json(reply)

    def _reply(self, call: ArmCall) -> Reply:
        try:
            if isinstance(call.extra.get("problem"), str):
                raise error("unparsable_body", problem=call.extra["problem"])
            reply = self._engine.answer(call)
        except ArmError as refusal:
            return Reply(refusal.status, refusal.body, refusal.headers)
        except Exception:  # noqa: BLE001 (whatever goes wrong with one call, the daemon lives and the call is logged)
            _log.exception("%s", call.name)
            failed = error("failed")
            return Reply(failed.status, failed.body)
        if call.method == "PUT":
            self._faults.settle(Struck(call), {})
        return reply


def _parsed(request: Request, caller: Caller) -> ArmCall:
    path, action = request.path, ""
    if request.method == "POST":
        path, _, action = path.rstrip("/").rpartition("/")
    body, problem = _body(request)
    extra: dict[str, Any] = {"path": request.path, "problem": problem}
    query: Mapping[str, str] = dict(request.args.items())
    return ArmCall(
        request.method,
        parsed(path),
        caller,
        query,
        dict(request.headers),
        f"http://{request.host}",
        body,
        action,
        extra,
    )


def _body(request: Request) -> tuple[Any, str | None]:
    """The body, and what is wrong with it."""
    text = request.get_data()
    if not text:
        return None, None
    try:
        return json.loads(text), None
    except (ValueError, RecursionError) as wrong:
        return None, str(wrong)


def _json(reply: Reply) -> Answer:
    request_id = str(uuid.uuid4())
    headers = {"x-ms-request-id": request_id, "x-ms-correlation-request-id": request_id, **reply.headers}
    if reply.body is None:
        return Answer(reply.status, headers, b"")
    headers["Content-Type"] = "application/json; charset=utf-8"
    return Answer(reply.status, headers, json.dumps(reply.body).encode())
