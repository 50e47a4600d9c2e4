"""moto's server application, called in the process: one app for each service, made at its first call."""

from functools import cache
from importlib import import_module
from io import BytesIO
from typing import TYPE_CHECKING, Any

import moto.core.responses
from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app
from werkzeug.test import run_wsgi_app

from clover.lab.cloud.answers import Answer

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment


class _Dispatcher(DomainDispatcherApplication):
    """moto's dispatcher, which searches for the service of a host anew at every call: half of a call's time."""

    def __init__(self) -> None:
        """Dispatch to moto's own apps."""
        super().__init__(create_backend_app)
        self._found: dict[str | None, Any] = {}

    def get_backend_for_host(self, host: str | None) -> Any:
        """The name of the service behind `host`."""
        if host not in self._found:
            self._found[host] = super().get_backend_for_host(host)
        return self._found[host]


_dispatcher = _Dispatcher()


def _remember_methods() -> None:
    """Make moto list a service's methods once: it does so at every call, and they do not change."""
    responses: Any = moto.core.responses
    responses.method_names_from_class = cache(responses.method_names_from_class)


_remember_methods()


def ask_moto(environ: "WSGIEnvironment", body: bytes, account: str) -> Answer:
    """What moto answers to the request `environ` with `body`, made in `account`.

    Raises what moto raises: NotImplementedError for an operation that it lacks.
    """
    inner = dict(environ)
    inner.pop("werkzeug.request", None)
    inner |= {"wsgi.input": BytesIO(body), "HTTP_X_MOTO_ACCOUNT_ID": account}
    chunks, status, headers = run_wsgi_app(_dispatcher, inner, buffered=True)
    return Answer(int(status.split()[0]), dict(headers), b"".join(chunks))


def warm() -> None:
    """Load EC2, which takes moto longest."""
    import_module("moto.ec2.models")
