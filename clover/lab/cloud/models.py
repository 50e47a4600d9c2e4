"""Botocore's service models, in one place: they carry no types, and neither do moto's parsers over them."""

from functools import cache
from typing import Any, cast

import botocore.parsers
from botocore.exceptions import UnknownServiceError
from moto.core.parse import PROTOCOL_PARSERS
from moto.core.utils import get_service_model

ServiceModel = Any
"""A service: its operations, protocol and errors."""
OperationModel = Any
"""An operation: name, input and output shape."""
Shape = Any
"""The shape of a parameter or result."""


@cache
def service_model(service: str) -> ServiceModel:
    """The model of `service`, or None where botocore has no such service."""
    try:
        return get_service_model(service)
    except UnknownServiceError:
        return None


def parsed_parameters(model: OperationModel, protocol: str, request: dict[str, Any]) -> Any:
    """The parameters in `request` (method, values, headers, body, url_path, url_params), as a service reads them."""
    return cast(Any, PROTOCOL_PARSERS)[protocol](model).parse(request)


def parsed_result(model: OperationModel, protocol: str, response: dict[str, Any]) -> dict[str, Any]:
    """The result in `response` (body, headers, status_code), as a client reads it."""
    if model.output_shape is None:
        return {}
    return cast(Any, botocore.parsers).create_parser(protocol).parse(response, model.output_shape)
