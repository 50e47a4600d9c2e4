"""ARM's errors, as one line that a person can act on."""

from clover.lab.provider.failure import Refusal


class ArmError(Refusal):
    """ARM answered with an error: HTTP status, ARM's code and message; said as pulumi-azure-native says it."""

    def __init__(self, status: int, code: str, message: str) -> None:
        """Keep the parts, say them in one line."""
        said = f'Status={status} Code="{code}"' if code else f"Status={status}"
        super().__init__(f'{said} Message="{" ".join(message.split()) or "no reason given"}"')
        self.status = status
        self.code = code


class FailedOperation(ArmError):
    """A long-running operation that ARM had accepted ended without success: something of it may be there."""
