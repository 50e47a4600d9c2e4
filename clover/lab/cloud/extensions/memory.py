"""What an extension remembers: one value for each account and region, as AWS keeps them apart."""

from collections.abc import Callable
from typing import Generic, TypeVar

from clover.lab.cloud.call import Call

T = TypeVar("T")


class Memory(Generic[T]):
    """A `T` for each account and region, made by `make` when it is first asked for."""

    def __init__(self, make: Callable[[], T]) -> None:
        """Begin empty."""
        self._make = make
        self._values: dict[tuple[str, str], T] = {}

    def of(self, call: Call) -> T:
        """The value of `call`'s account and region."""
        return self.at(call.account, call.region)

    def at(self, account: str, region: str) -> T:
        """The value of `account` in `region`."""
        key = account, region
        if key not in self._values:
            self._values[key] = self._make()
        return self._values[key]
