"""Refusals in ARM's words: `{"error": {"code", "message"}}`, from the table `data/errors.yaml`."""

from collections.abc import Mapping, Sequence
from typing import Any

from clover.lab.arm.catalog import Refused, table


class ArmError(Exception):
    """What the caller is told instead of an answer."""

    def __init__(
        self,
        status: int,
        code: str,
        message: str,
        headers: Mapping[str, str] | None = None,
        details: Sequence[Mapping[str, Any]] = (),
    ) -> None:
        """Hold the HTTP `status`, ARM's `code` and `message`."""
        super().__init__(f"{code}: {message}")
        self.status = status
        self.code = code
        self.message = message
        self.headers = dict(headers or {})
        self.details = list(details)

    @property
    def body(self) -> dict[str, Any]:
        """The error as ARM writes it."""
        details = {"details": self.details} if self.details else {}
        return {"error": {"code": self.code, "message": self.message, **details}}


def error(row: str, **words: object) -> ArmError:
    """The refusal `row` of the table, with its `{words}` filled in."""
    found = table("errors")[row]
    headers = {name: str(text) for name, text in found.get("headers", {}).items()}
    return ArmError(found["status"], found["code"], found["message"].format(**words), headers)


def refused(row: Refused, **words: object) -> ArmError:
    """The refusal that a kind's own table describes."""
    return ArmError(row.status, row.code, row.message.format(**words))
