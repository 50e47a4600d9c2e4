"""How bad input is said: one line that names the place."""

from typing import NamedTuple


class Place(NamedTuple):
    """Where something stands: a file relative to the project, line and column counted from 1."""

    file: str
    line: int | None = None
    column: int | None = None

    def __str__(self) -> str:
        """`file:line:column`, as editors and CI annotations read it."""
        return ":".join(str(part) for part in self if part is not None)


class BadInput(Exception):
    """Input that a person has to mend; the command line prints it as one line and exits 64."""

    def __init__(self, message: str, place: Place | None = None) -> None:
        """Hold `message` and, where it is known, the place that it is about."""
        super().__init__(message, place)
        self.message = message
        self.place = place

    def __str__(self) -> str:
        """The one line: place first, where there is one."""
        line = " ".join(self.message.split())
        return f"{self.place}: {line}" if self.place else line
