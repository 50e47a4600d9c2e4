"""Answers in the shape of each AWS protocol: results, refusals, and plain ones for what is no AWS call."""

import json
from collections.abc import Mapping
from typing import Any, NamedTuple, cast
from xml.sax.saxutils import escape

from moto.core.exceptions import ServiceException
from moto.core.model import OperationModel as MotoOperationModel
from moto.core.serialize import ResponseSerializer, XFormedAttributePicker, get_serializer_class
from moto.utilities.aws_headers import gen_amzn_requestid_long
from werkzeug.wrappers import Response

from clover.lab.cloud.models import OperationModel, ServiceModel


class Answer(NamedTuple):
    """An HTTP answer."""

    status: int
    headers: dict[str, str]
    body: bytes


class Refusal(ServiceException):
    """An AWS error: its code, its message, and the HTTP status where the service model does not say it."""

    def __init__(self, code: str, message: str, status: int | None = None) -> None:
        """Hold what the caller is told."""
        super().__init__(code, message)
        self.status = status


def result(operation: OperationModel, protocol: str, value: Mapping[str, Any] | None) -> Answer:
    """`value` as `operation`'s result."""
    return _serialized(operation, protocol, value or {})


def refusal(service: ServiceModel, operation: OperationModel, protocol: str, error: Refusal) -> Answer:
    """`error` in the service's own error shape."""
    nameless: OperationModel = cast(Any, MotoOperationModel)({}, service)
    answer = _serialized(operation or nameless, protocol, error)
    return answer._replace(status=error.status) if error.status else answer


def _serialized(operation: OperationModel, protocol: str, value: Any) -> Answer:
    service = operation.service_model
    serializer: ResponseSerializer = get_serializer_class(str(service.service_name), protocol)(
        operation, value_picker=XFormedAttributePicker(None)
    )
    response = serializer.serialize(value)
    body: Any = response["body"]
    data: bytes = body.encode() if isinstance(body, str) else body
    headers = {name: str(text) for name, text in response["headers"].items()}
    gen_amzn_requestid_long(headers)
    return Answer(int(response["status_code"]), headers, data)


def as_json(status: int, value: object) -> Answer:
    """`value` as JSON, for the lab's own endpoints."""
    return Answer(status, {"Content-Type": "application/json"}, json.dumps(value).encode())


def unaddressed(status: int, code: str, message: str) -> Answer:
    """An error for a request that names no service: XML, which every AWS SDK reads."""
    body = (
        f"<ErrorResponse><Error><Type>Sender</Type><Code>{escape(code)}</Code>"
        f"<Message>{escape(message)}</Message></Error></ErrorResponse>"
    )
    return Answer(status, {"Content-Type": "text/xml"}, body.encode())


def as_response(answer: Answer, method: str) -> Response:
    """`answer` as a WSGI application; an answer to HEAD has no body."""
    if method != "HEAD":
        return Response(answer.body, answer.status, answer.headers)
    response = Response(b"", answer.status, answer.headers)
    response.automatically_set_content_length = False
    return response
