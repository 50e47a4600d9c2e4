"""What an evaluator answers."""

from typing import Literal, NamedTuple


class Decision(NamedTuple):
    """The decision on one request and the assignments, rules or settings, or the lack of them, that it rests on."""

    decision: Literal["allow", "implicit_deny", "explicit_deny"]
    because: tuple[str, ...]
