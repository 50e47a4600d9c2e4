"""moto's server application, called in the process: one app for each service, made at its first call."""

from io import BytesIO
from typing import TYPE_CHECKING

from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app
from werkzeug.test import run_wsgi_app

from clover.lab.cloud.answers import Answer

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

_dispatcher = DomainDispatcherApplication(create_backend_app)


def ask_moto(environ: "WSGIEnvironment", body: bytes, account: str) -> Answer:
    """What moto answers to the request `environ` with `body`, made in `account`.

    Raises what moto raises: NotImplementedError for an operation that it lacks.
    """
    inner = dict(environ)
    inner.pop("werkzeug.request", None)
    inner |= {"wsgi.input": BytesIO(body), "HTTP_X_MOTO_ACCOUNT_ID": account}
    chunks, status, headers = run_wsgi_app(_dispatcher, inner, buffered=True)
    return Answer(int(status.split()[0]), dict(headers), b"".join(chunks))
