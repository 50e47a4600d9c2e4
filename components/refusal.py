"""How a component says that it cannot be declared as asked."""


class Refusal(ValueError):
    """An input that a person has to mend; the message is one line, with the place of the declaration where known."""

    def __init__(self, message: str, declared_at: str | None = None) -> None:
        """Say `message`, after the place `declared_at` as `file:line`."""
        super().__init__(f"{declared_at}: {message}" if declared_at else message)
