"""The workers of a Dask scheduler (https://distributed.dask.org): one that dies costs its task another try.

Whoever runs the scheduler runs programs on this machine as well, for Dask's messages carry them; so nothing is sent in
the open but to this machine itself. Certificates come from Dask's own configuration (`distributed.comm.tls`, or
DASK_DISTRIBUTED__COMM__TLS__CA_FILE and its like).
"""

import logging
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import contextmanager
from importlib import import_module
from ipaddress import ip_address
from typing import Any, TypeVar
from urllib.parse import urlsplit

from clover.errors import BadInput
from clover.fleet.processes import Lost
from clover.zones.problems import shown

Item = TypeVar("Item")
Result = TypeVar("Result")

SECONDS = 20
"""How long a scheduler may take to answer, and to have a worker."""
AHEAD = 3
"""Tasks that are under way for each thread of a worker, so that none waits and no memory fills up."""


def refuse_open(address: str) -> None:
    """BadInput for an address that is none, or that leads to another machine without TLS."""
    parts = urlsplit(address if "://" in address else f"tcp://{address}")
    try:
        host, port = parts.hostname, parts.port
    except ValueError:
        host = port = None
    if not host or not port or parts.scheme not in ("tcp", "tls"):
        raise BadInput(f"--scheduler {shown(address)} is no address such as tcp://127.0.0.1:8786")
    if parts.scheme == "tcp" and not _is_here(host):
        raise BadInput(f"--scheduler {shown(address)}: on another machine it has to be tls://")


def _is_here(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def on_scheduler(
    address: str, work: Callable[[Item], Result], items: Sequence[Callable[[], Item]], tell: Callable[[int], None]
) -> list[Result | Lost]:
    """The result for each item, in their order; an item is made when its turn comes. BadInput for no scheduler."""
    refuse_open(address)
    with _client(address) as (distributed, client):
        found: dict[int, Result | Lost] = {}
        again: list[int] = []
        for number, result in _results(distributed, client, work, items):
            if isinstance(result, Lost):
                again.append(number)
            else:
                found[number] = result
                tell(len(found))
        # A worker that dies counts against every task that it holds: alone, each is lost by its own doing.
        for number in again:
            found[number] = _result(distributed, client.submit(work, items[number](), pure=False))
            tell(len(found))
    return [found[number] for number in range(len(items))]


@contextmanager
def _client(address: str) -> Generator[tuple[Any, Any]]:
    """Dask and a client of the scheduler, which has a worker."""
    try:
        distributed: Any = import_module("distributed")
    except ModuleNotFoundError:
        raise BadInput("distributed is not installed: pip install 'clover[fleet]'") from None
    logging.getLogger("distributed").setLevel(logging.CRITICAL)
    try:
        client = distributed.Client(address, timeout=SECONDS, set_as_default=False)
    except (OSError, ValueError, TypeError) as error:
        raise BadInput(f"--scheduler {shown(address)}: nobody answers there: {error}") from None
    with client:
        try:
            client.wait_for_workers(1, timeout=SECONDS)
        except TimeoutError:
            raise BadInput(f"--scheduler {shown(address)} has no worker") from None
        yield distributed, client


def _results(
    distributed: Any, client: Any, work: Callable[[Any], Any], items: Sequence[Callable[[], Any]]
) -> Iterator[tuple[int, Any]]:
    """The results as they come, each with its number; as one comes, the next task goes out."""
    ahead = AHEAD * max(1, sum(client.nthreads().values()))
    left = iter(enumerate(items))
    numbers: dict[Any, int] = {}

    def send() -> Iterator[Any]:
        for number, item in left:
            future = client.submit(work, item(), pure=False)
            numbers[future] = number
            yield future
            return

    first = [future for _ in range(ahead) for future in send()]
    under_way = distributed.as_completed(first, loop=client.loop)
    for future in under_way:
        yield numbers.pop(future), _result(distributed, future)
        for another in send():
            under_way.add(another)


def _result(distributed: Any, future: Any) -> Any:
    """What a task came to; Lost where it took too many workers along. BadInput where a worker cannot do it."""
    try:
        return future.result()
    except distributed.KilledWorker:
        return Lost()
    except Exception as error:  # noqa: BLE001 (whatever a worker failed of, it has decided nothing)
        raise BadInput(f"a worker of the scheduler failed: {type(error).__name__}: {str(error)[:200]}") from None
