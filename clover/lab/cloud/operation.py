"""Which service, region and operation a request addresses, and with which parameters.

The signature's credential scope names the service and region; moto's router over botocore's service models
names the operation: by Action or X-Amz-Target, or by method, URI and required query parameters.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, cast
from urllib.parse import unquote

from moto.core.request import Request, determine_request_protocol
from moto.core.routing import get_service_router
from werkzeug.exceptions import NotFound

from clover.lab.cloud.models import OperationModel, ServiceModel, parsed_parameters
from clover.lab.cloud.tables import table

BODY = "clover.body"
"""The key of the body, as bytes, in a request's environ: the front end reads it once."""

_SCOPE = re.compile(r"Credential=([^/,\s]+)/(\d{8})/([a-z0-9-]+)/([a-z0-9-]+)/aws4_request")
_SCOPE_IN_QUERY = re.compile(r"([^/,\s]+)/(\d{8})/([a-z0-9-]+)/([a-z0-9-]+)/aws4_request")
_LEGACY_KEY = re.compile(r"AWS ([A-Za-z0-9]+):")


@dataclass(frozen=True, slots=True)
class Scope:
    """What a signature says: access key (None when unsigned), region and service (botocore's client name)."""

    access_key: str | None
    region: str
    service: str


@dataclass(frozen=True, slots=True)
class Addressed:
    """The operation that a request addresses; `model` is None where the service has no such operation."""

    service: ServiceModel
    model: OperationModel
    protocol: str
    operation: str
    parameters: Mapping[str, Any]


def scope_of(request: Request) -> Scope | None:
    """The scope of `request`: unsigned requests can only be S3's; None where the signature is unreadable."""
    authorization = request.headers.get("Authorization")
    if authorization is None:
        return _scope_in_query(request)
    match = _SCOPE.search(authorization)
    if match:
        return _scope(match, request)
    legacy = _LEGACY_KEY.match(authorization)
    return Scope(legacy[1], "us-east-1", "s3") if legacy else None


def _scope_in_query(request: Request) -> Scope | None:
    presigned = request.args.get("X-Amz-Credential")
    if presigned is None:
        return Scope(request.args.get("AWSAccessKeyId"), "us-east-1", "s3")
    match = _SCOPE_IN_QUERY.fullmatch(unquote(presigned))
    return _scope(match, request) if match else None


def _scope(match: re.Match[str], request: Request) -> Scope:
    service = match[4]
    if service == "s3" and request.path.startswith("/v20180820/"):
        service = "s3control"
    return Scope(match[1], match[3], table("services")["signing_names"].get(service, service))


def addressed(request: Request, service: ServiceModel) -> Addressed:
    """The operation of `service` that `request` addresses.

    Raises ValueError (or a subclass) where the body cannot be parsed in the service's protocol.
    """
    protocol = protocol_of(service, request)
    try:
        matched, uri_parameters = get_service_router(str(service.service_name)).match(request)
    except (NotFound, NotImplementedError):
        return Addressed(service, None, protocol, _claimed(request), {})
    model = cast(OperationModel, matched)
    return Addressed(service, model, protocol, str(model.name), _parameters(request, model, protocol, uri_parameters))


def protocol_of(service: ServiceModel, request: Request) -> str:
    """The protocol in which `request` asks `service`, by its content type; the service's first one otherwise."""
    try:
        return determine_request_protocol(service, request.content_type)
    except NotImplementedError:
        return str(service.protocol)


def _claimed(request: Request) -> str:
    """What an unknown operation calls itself, as far as it can be told."""
    target = request.headers.get("X-Amz-Target", "").rpartition(".")[2]
    return target or request.values.get("Action", "") or f"{request.method} {request.path}"


def _parameters(
    request: Request, model: OperationModel, protocol: str, uri_parameters: Mapping[str, Any]
) -> Mapping[str, Any]:
    if protocol == "json" and not isinstance(json.loads(request.environ[BODY] or b"{}"), dict):
        raise ValueError(f"the body is no {model.name} request")
    asked = {
        "method": request.method,
        "values": request.values,
        "headers": request.headers,
        "body": request.environ[BODY],
        "url_path": request.path,
        "url_params": uri_parameters,
    }
    return parsed_parameters(model, protocol, asked)
