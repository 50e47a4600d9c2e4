"""The WSGI application in front of moto and ARM: every call passes here."""

import logging
import threading
import time
from collections.abc import Iterable, Mapping
from io import BytesIO
from typing import TYPE_CHECKING, Any

from moto.core.exceptions import ServiceException
from moto.core.request import Request
from werkzeug.exceptions import HTTPException

from clover.lab.arm.frontend import ArmFrontEnd, is_arm
from clover.lab.clock import WAITED, Clock, waited
from clover.lab.cloud.answers import Answer, Refusal, as_response, refusal, result, unaddressed
from clover.lab.cloud.authorisation import refuse_unauthorised
from clover.lab.cloud.call import Call
from clover.lab.cloud.calls import CallLog
from clover.lab.cloud.control import Control, is_local
from clover.lab.cloud.documents import refuse_document
from clover.lab.cloud.extensions import extension_of
from clover.lab.cloud.faults import Effect, Faults
from clover.lab.cloud.identity import caller_of
from clover.lab.cloud.inner import ask_moto, warm
from clover.lab.cloud.models import ServiceModel, parsed_result, service_model
from clover.lab.cloud.operation import BODY, Addressed, Scope, addressed, protocol_of, scope_of
from clover.lab.cloud.shapes import refuse_misshapen
from clover.lab.cloud.tables import table

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

MAX_BODY = 64 * 1024 * 1024
"""Bytes of the largest request that is taken."""

_log = logging.getLogger(__name__)


class FrontEnd:
    """The application: calls take effect one after the other, and are logged in that order."""

    def __init__(self, control: Control, calls: CallLog, faults: Faults, clock: Clock) -> None:
        """Serve the lab's own endpoints from `control`, what bears a token as ARM, everything else as AWS."""
        self._arm = ArmFrontEnd(control, calls, faults, clock)
        self._control = control
        self._calls = calls
        self._faults = faults
        self._clock = clock
        self._turn = threading.Lock()

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        """Answer one request, whatever it is."""
        request = Request(environ)
        try:
            answer = self._answer(_with_body_at_hand(request))
        except HTTPException as error:
            answer = unaddressed(error.code or 400, error.name.replace(" ", ""), str(error.description))
        except Exception:  # noqa: BLE001 (whatever goes wrong with one request, the daemon lives)
            _log.exception("%s %s", request.method, request.path)
            answer = unaddressed(500, "InternalFailure", "the lab failed; its log says why")
        return as_response(answer, request.method)(environ, start_response)

    def warm(self) -> None:
        """Load the slowest service before somebody waits for it; calls wait, for moto's imports take one thread."""
        with self._turn:
            warm()

    def _answer(self, request: Request) -> Answer:
        if not is_local(request):
            return unaddressed(403, "AccessDenied", "only programs on this machine are answered, and no web page")
        if request.path.startswith("/_lab/"):
            return self._control.answer(request)
        self._control.touched = time.monotonic()
        self._clock.move(waited(request.headers.get(WAITED, "")))
        return self._arm.answer(request) if is_arm(request) else self._to_aws(request)

    def _to_aws(self, request: Request) -> Answer:
        if request.path.startswith(("/moto-api", "/latest/")):
            return unaddressed(404, "NotFound", "not served in the lab")
        scope = scope_of(request)
        if scope is None:
            return unaddressed(403, "IncompleteSignature", "the request's signature cannot be read")
        service = service_model(scope.service)
        if service is None:
            return unaddressed(404, "UnknownService", f"there is no service {scope.service}")
        return self._to_service(request, scope, service)

    def _to_service(self, request: Request, scope: Scope, service: ServiceModel) -> Answer:
        protocol = protocol_of(service, request)
        caller = caller_of(scope.access_key, scope.region)
        if caller is None:
            row = _row("unknown_key", scope.service)
            known = Refusal(row["code"], f"{row['message']} (The lab knows only keys that it gave out.)", row["status"])
            return refusal(service, None, protocol, known)
        try:
            to = addressed(request, service)
        except (ValueError, TypeError, KeyError, AttributeError, SyntaxError) as error:
            unreadable = Refusal("SerializationException", f"the request cannot be read: {error}", 400)
            return refusal(service, None, protocol, unreadable)
        call = Call(scope.service, to.operation, to.parameters, caller, scope.region)
        effect = Effect() if caller.is_root else self._faults.effect(call)
        self._control.stopping.wait(effect.seconds)
        with self._turn:
            refused = effect.refusal
            answer = refusal(service, to.model, to.protocol, refused) if refused else self._act(request, call, to)
            self._calls.write(call, to.model and to.model.input_shape, answer.status)
        return answer

    def _act(self, request: Request, call: Call, to: Addressed) -> Answer:
        try:
            answer = self._true_answer(request, call, to)
        except ServiceException as error:
            return refusal(to.service, to.model, to.protocol, _as_refusal(error))
        except HTTPException as error:
            code, message = getattr(error, "error_type", error.name), getattr(error, "message", error.description)
            return refusal(to.service, to.model, to.protocol, Refusal(str(code), str(message), error.code))
        except NotImplementedError as error:
            missing = Refusal("NotImplemented", f"the lab has no {call.name}: {error}", 501)
            return refusal(to.service, to.model, to.protocol, missing)
        except Exception:  # noqa: BLE001 (moto fails in many ways; the caller is told, the daemon lives)
            _log.exception("%s", call.name)
            failed = Refusal("InternalFailure", f"the lab failed at {call.name}; its log says why", 500)
            return refusal(to.service, to.model, to.protocol, failed)
        if answer.status < 300 and self._faults.delays(call):
            response = {"body": answer.body, "headers": answer.headers, "status_code": answer.status}
            self._faults.settle(call, parsed_result(to.model, to.protocol, response))
        return answer

    def _true_answer(self, request: Request, call: Call, to: Addressed) -> Answer:
        if to.model is None:
            raise Refusal(*_unknown_operation(to.protocol, call))
        extension = extension_of(call.service)
        refuse_unauthorised(call, request.remote_addr or "127.0.0.1")
        refuse_misshapen(call, to.model)
        refuse_document(call)
        for check in extension.checks.get(call.name, ()):
            check(call)
        operation = extension.operations.get(call.name)
        if operation:
            return result(to.model, to.protocol, operation(call))
        answer = ask_moto(request.environ, request.environ[BODY], call.account)
        afterwards = extension.afterwards.get(call.name)
        if afterwards and answer.status < 300:
            afterwards(call)
        return answer


def _with_body_at_hand(request: Request) -> Request:
    """`request` read whole: operation, parameters and moto each read it anew."""
    request.max_content_length = MAX_BODY
    body = request.stream.read()
    environ = dict(request.environ)
    for name in ("HTTP_TRANSFER_ENCODING", "wsgi.input_terminated", "werkzeug.request"):
        environ.pop(name, None)
    return Request(environ | {"wsgi.input": BytesIO(body), "CONTENT_LENGTH": str(len(body)), BODY: body})


def _as_refusal(error: ServiceException) -> Refusal:
    return error if isinstance(error, Refusal) else Refusal(error.code, error.message)


def _row(kind: str, service: str) -> Mapping[str, Any]:
    rows = table("services")[kind]
    return rows.get(service, rows["default"])


def _unknown_operation(protocol: str, call: Call) -> tuple[str, str, int]:
    message = f"{call.service} has no operation {call.operation}"
    if protocol in ("query", "ec2"):
        return "InvalidAction", message, 400
    return ("MethodNotAllowed", message, 405) if protocol == "rest-xml" else ("UnknownOperationException", message, 400)
