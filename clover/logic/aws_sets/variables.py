"""Policy text with placeholders: `${key}`, `${key, 'default'}` and the escapes `${*}`, `${?}`, `${$}`.

Source: IAM User Guide, "IAM policy elements: Variables and tags",
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html
"""

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import NamedTuple

PLACEHOLDER = re.compile(r"\$\{([^}]*)\}")
NAME_AND_DEFAULT = re.compile(r"([^',]+?)(?:,\s*'([^']*)')?")


class Written(NamedTuple):
    """Text as the policy has it: wildcards count where the operator knows them."""

    text: str
    wildcards: bool = True  # so that it never equals the same text that stands for itself


class Itself(NamedTuple):
    """Text in which every character is itself."""

    text: str
    wildcards: bool = False


class Variable(NamedTuple):
    """The value of a condition key, lower-case, or else its default."""

    key: str
    default: str | None


class Nothing(NamedTuple):
    """A placeholder that never has a value: nothing equals a text that holds it."""


Part = Written | Itself | Variable | Nothing
Values = Mapping[str, str | None]
"""What the keys of variables stand for: None where the key has no single value."""


@lru_cache(maxsize=8192)
def read_parts(text: str, enabled: bool) -> tuple[Part, ...]:
    """The text in parts; a policy of a version before 2012-10-17 has no placeholders (`enabled` is False)."""
    if not enabled or "${" not in text:
        return (Written(text),)
    parts: list[Part] = []
    end = 0
    for found in PLACEHOLDER.finditer(text):
        parts += [Written(text[end : found.start()]), _placeholder(found[1])]
        end = found.end()
    return tuple(part for part in [*parts, Written(text[end:])] if part != Written(""))


def variables(parts: tuple[Part, ...]) -> tuple[Variable, ...]:
    """The variables among the parts; none when the text cannot match whatever they stand for."""
    if any(isinstance(part, Nothing) for part in parts):
        return ()
    return tuple(part for part in parts if isinstance(part, Variable))


def fill_in(parts: tuple[Part, ...], values: Values) -> tuple[Part, ...]:
    """The parts with the variables replaced by what they stand for; an empty value counts as none."""
    return tuple(_filled(part, values) if isinstance(part, Variable) else part for part in parts)


def _filled(variable: Variable, values: Values) -> Part:
    """What one variable stands for."""
    value = values.get(variable.key) or variable.default
    return Nothing() if value is None else Itself(value)


def _placeholder(body: str) -> Part:
    """One placeholder without its braces."""
    if body in ("*", "?", "$"):
        return Itself(body)
    parsed = NAME_AND_DEFAULT.fullmatch(body)
    return Variable(parsed[1].strip().lower(), parsed[2]) if parsed else Nothing()
