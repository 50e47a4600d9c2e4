"""The one place that touches boto3: clients per service and region, calls with patience, errors as one line."""

import threading
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from typing import Any, TypeVar, cast

from clover.lab.aws.failure import AwsError
from clover.lab.aws.patience import MAKING, PROPAGATION_SECONDS, is_gone, persist
from clover.lab.aws.settings import Settings, check_account
from clover.lab.clock import WAITED
from clover.lab.provider.deadline import CLOCK, Deadline, until
from clover.lab.provider.failure import NoAnswer, Refusal
from clover.lab.provider.wire import Props

T = TypeVar("T")
#: How long one call may stay unanswered; AWS itself answers in a few seconds.
ANSWER_SECONDS = 30
CONNECTIONS = 64


@dataclass(frozen=True)
class Identity:
    """Who the credentials are, as STS says."""

    account: str
    arn: str
    user_id: str

    @property
    def partition(self) -> str:
        """Return the partition of the ARNs, as in `aws-cn`."""
        return self.arn.split(":")[1]


class Cloud:
    """The clients of one configured provider; safe to share between threads."""

    def __init__(self, settings: Settings) -> None:
        """Make no call yet."""
        self.settings = settings
        self._clients: dict[tuple[str, str, int], Any] = {}
        self._lock = threading.Lock()

    @cached_property
    def identity(self) -> Identity:
        """Ask STS, with patience, and refuse an account that the configuration does not allow."""
        client = self.client("sts", self.settings.region)

        def attempt() -> Any:
            with _said_plainly("sts", "GetCallerIdentity"):
                return client.get_caller_identity()

        answer = persist(Deadline.within(ANSWER_SECONDS), "sts", "get_caller_identity", attempt)
        check_account(self.settings, answer["Account"])
        return Identity(answer["Account"], answer["Arn"], answer["UserId"])

    def client(self, service: str, region: str, answer_seconds: int = ANSWER_SECONDS) -> Any:
        """Return the client of a service in a region; making one takes long, and botocore lets one thread do it."""
        key = (service, region, answer_seconds)
        with self._lock:
            if key not in self._clients:
                self._clients[key] = self._make_client(*key)
            return self._clients[key]

    @cached_property
    def _session(self) -> Any:
        import boto3

        keys = self.settings.credentials
        return boto3.Session(
            aws_access_key_id=keys.access_key, aws_secret_access_key=keys.secret_key, aws_session_token=keys.token
        )

    def _make_client(self, service: str, region: str, answer_seconds: int) -> Any:
        from botocore.config import Config

        config = Config(
            retries={"total_max_attempts": 1},
            connect_timeout=5,
            read_timeout=answer_seconds,
            max_pool_connections=CONNECTIONS,
            proxies={},
            s3={"addressing_style": "path"},
        )
        endpoint = self.settings.endpoint
        client = self._session.client(service, region_name=region, endpoint_url=endpoint, config=config)
        client.meta.events.register("before-call", _say_what_was_waited)
        return client


@dataclass(frozen=True)
class Call:
    """One operation on one resource: where it goes, and until when."""

    cloud: Cloud
    region: str
    deadline: Deadline

    @property
    def account(self) -> str:
        """The account number."""
        return self.cloud.identity.account

    @property
    def partition(self) -> str:
        """The partition of ARNs."""
        return self.cloud.identity.partition

    def do(self, service: str, operation: str, /, **parameters: Any) -> Any:
        """Make one AWS call (`operation` as boto3 names it) with patience; parameters that are None are left out.

        Raises AwsError with the service's error code, NoAnswer when the cloud stays silent.
        """
        given = {name: value for name, value in parameters.items() if value is not None}

        def attempt() -> Any:
            seconds = max(1, min(ANSWER_SECONDS, int(self.deadline.left()) + 1))
            client = self.cloud.client(service, self.region, _rounded(seconds))
            with _said_plainly(service, client.meta.method_to_api_mapping[operation]):
                return getattr(client, operation)(**given)

        return persist(self.deadline, service, operation, lambda: _twice(operation, attempt))

    def find(self, service: str, operation: str, /, **parameters: Any) -> Props | None:
        """Make a call that looks for something; None when AWS says that it is not there."""
        try:
            return self.do(service, operation, **parameters)
        except AwsError as error:
            if is_gone(error):
                return None
            raise

    def remove(self, service: str, operation: str, /, **parameters: Any) -> None:
        """Make a call that deletes something; that it is gone already is as good."""
        self.find(service, operation, **parameters)

    def pages(self, service: str, operation: str, items: str, /, **parameters: Any) -> Iterator[Any]:
        """Yield the entries under `items` of every page of a listing that goes on with NextToken."""
        token: str | None = None
        while True:
            page = self.do(service, operation, **parameters, NextToken=token)
            yield from page.get(items, ())
            token = page.get("NextToken")
            if not token:
                return

    def wait_for(self, what: str, attempt: Callable[[], T | None], seconds: float | None = None) -> T:
        """Return what `attempt` finds, waiting for it; Refusal when it does not come in time."""
        deadline = self.deadline.sooner(seconds) if seconds else self.deadline
        found = until(deadline, attempt)
        if found is None:
            raise Refusal(f"waited in vain for {what}")
        return found

    def wait_until_visible(self, what: str, attempt: Callable[[], T | None]) -> T:
        """Return a thing made a moment ago once AWS shows it."""
        return self.wait_for(f"{what} to become visible", attempt, PROPAGATION_SECONDS)


def _say_what_was_waited(params: dict[str, Any], **_: Any) -> None:
    params["headers"][WAITED] = str(CLOCK.untold())


def _twice(operation: str, attempt: Callable[[], T]) -> T:
    """Send a call that stayed unanswered once more, where sending it twice does no harm."""
    try:
        return attempt()
    except NoAnswer:
        if operation.startswith(MAKING):
            raise
        return attempt()


def _rounded(seconds: int) -> int:
    """Round to few different values, since each has clients of its own."""
    return next(step for step in (1, 2, 5, 10, ANSWER_SECONDS) if seconds <= step)


@contextmanager
def _said_plainly(service: str, operation: str) -> Generator[None]:
    """Turn botocore's exceptions into the provider's."""
    from botocore import exceptions

    called = f"{service}.{operation}"
    try:
        yield
    except exceptions.ClientError as error:
        said: dict[str, Any] = dict(cast(Any, error).response.get("Error", {}))
        raise AwsError(called, str(said.get("Code", "Unknown")), str(said.get("Message", ""))) from None
    except (exceptions.ReadTimeoutError, exceptions.ConnectionClosedError):
        raise NoAnswer(f"{called} stayed unanswered; it may have taken effect") from None
    except exceptions.BotoCoreError as error:
        raise Refusal(f"{called} could not be sent: {' '.join(str(error).split())}") from None
