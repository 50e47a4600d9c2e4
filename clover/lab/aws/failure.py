"""AWS's errors, as one line that a person can act on."""

from clover.lab.provider.failure import Refusal


class AwsError(Refusal):
    """AWS answered with an error. `code` is the service's, `operation` as in `s3.PutBucketPolicy`."""

    def __init__(self, operation: str, code: str, message: str) -> None:
        """Keep the parts, say them in one line."""
        super().__init__(f"{operation} answered {code}: {' '.join(message.split()) or 'no reason given'}")
        self.operation = operation
        self.code = code
        self.reason = message
