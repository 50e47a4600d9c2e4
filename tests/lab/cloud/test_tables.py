"""The data files speak of what is there."""

from typing import Any

import pytest

from clover.lab.cloud.models import service_model
from clover.lab.cloud.tables import table


def shape_at(shape: Any, path: str) -> Any:
    """The shape at a dotted path of members, or None."""
    for name in path.split("."):
        shape = shape.members.get(name) if shape is not None and shape.type_name == "structure" else None
    return shape


def operation(name: str) -> Any:
    service, _, operation_name = name.partition(".")
    return service_model(service).operation_model(operation_name)


@pytest.mark.parametrize("name", sorted(table("consistency")))
def test_what_can_be_delayed_is_named_in_parameters_or_results(name: str) -> None:
    model = operation(name)
    for path in table("consistency")[name]["names"]:
        assert shape_at(model.input_shape, path) or shape_at(model.output_shape, path), path


@pytest.mark.parametrize("service", sorted(table("resources")))
def test_resources_are_told_by_parameters_that_operations_have(service: str) -> None:
    model = service_model(service)
    shapes = [model.operation_model(name).input_shape for name in model.operation_names]
    for row in table("resources")[service]:
        assert any(set(row["with"]) <= set(shape.members) for shape in shapes if shape), row
        places = {"partition": "p", "region": "r", "account": "a", **dict.fromkeys(row["with"], "x")}
        assert row["arn"].format(**places)


def test_services_are_named_as_botocore_names_them() -> None:
    services = table("services")
    named = {
        *services["signing_names"].values(),
        *services["misshapen"],
        *services["throttled"],
        *services["unknown_key"],
    }
    assert [name for name in sorted(named - {"default"}) if service_model(name) is None] == []


def test_throttling_is_what_sdks_repeat() -> None:
    from botocore.retries.standard import ThrottledRetryableChecker

    checker: Any = ThrottledRetryableChecker
    known = set(checker._THROTTLED_ERROR_CODES)
    assert {row["code"] for row in table("services")["throttled"].values()} <= known
