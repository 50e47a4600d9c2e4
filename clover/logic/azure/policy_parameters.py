"""The parameters of a policy definition, with the values that its assignment gives.

Source: https://learn.microsoft.com/azure/governance/policy/concepts/definition-structure-parameters.
"""

from typing import Any

from clover.logic.aws.reading import Malformed, at, quoted, read_list, read_object

VALUE_MEMBERS = frozenset({"value"})


def read_parameters(declared: object, given: object, where: str) -> dict[str, Any]:
    """The value of every parameter, by its name in lower case; raises Malformed where one has none or a wrong one."""
    values = {
        name.lower(): read_object(value, at(f"{where}.parameters", name), VALUE_MEMBERS).get("value")
        for name, value in read_object(given or {}, f"{where}.parameters").items()
    }
    place = f"{where}.definition.parameters"
    shapes = {name.lower(): shape for name, shape in read_object(declared or {}, place).items()}
    for name in values.keys() - shapes.keys():
        raise Malformed(f"{where}.parameters: the definition has no parameter {quoted(name)}")
    return {name: _value(name, shape, values, at(place, name)) for name, shape in shapes.items()}


def _value(name: str, declared: object, given: dict[str, Any], where: str) -> Any:
    """The value given, or the default."""
    shape = read_object(declared, where)
    if name not in given and "defaultValue" not in shape:
        raise Malformed(f"{where}: the parameter has neither a value nor a default")
    value = given.get(name, shape.get("defaultValue"))
    allowed = shape.get("allowedValues")
    if allowed is not None:
        _check(value, read_list(allowed, f"{where}.allowedValues"), where)
    return value


def _check(value: Any, allowed: list[object], where: str) -> None:
    """Every value, or member of an array, has to be one of those allowed."""
    for each in value if isinstance(value, list) else [value]:  # pyright: ignore[reportUnknownVariableType]
        if each not in allowed:
            raise Malformed(f"{where}: {quoted(each)} is none of the allowed values")  # pyright: ignore[reportUnknownArgumentType]
