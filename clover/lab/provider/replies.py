"""Answers in the engine's form: failures, differences, and errors as one line with what was made so far."""

import re
import sys
import traceback
from collections.abc import Callable, Generator, Iterable
from contextlib import contextmanager
from functools import wraps
from pathlib import Path
from typing import Any

import grpc
from google.protobuf import any_pb2
from pulumi.runtime.proto import provider_pb2, status_pb2

from clover.lab.provider.difference import Difference
from clover.lab.provider.failure import HalfDone, Refusal
from clover.lab.provider.wire import Props, Secrets, encode

VERBS = {"Create": "creating", "Read": "reading", "Update": "updating", "Delete": "deleting", "Check": "checking"}


def type_of(urn: str) -> str:
    """Return the type token of a URN; parents stand before it, parted by `$`."""
    return urn.split("::")[2].rpartition("$")[2]


def name_of(urn: str) -> str:
    """Return the logical name of a URN."""
    return urn.split("::", 3)[3]


def failures(problems: Iterable[tuple[str, str]], secrets: Secrets) -> list[Any]:
    """Return problems of inputs in the engine's form."""
    return [provider_pb2.CheckFailure(property=path, reason=secrets.redact(reason)) for path, reason in problems]


def diff(found: Difference) -> Any:
    """Return a difference in the engine's form."""
    kinds = provider_pb2.PropertyDiff
    detailed: dict[str, Any] = {}
    for path, how in found.paths.items():
        replaced = re.split(r"[.\[]", path)[0] in found.replaces
        detailed[path] = kinds(kind=kinds.Kind.Value(how.upper() + ("_REPLACE" if replaced else "")), inputDiff=True)
    response = provider_pb2.DiffResponse
    return response(
        changes=response.DIFF_SOME if found.paths else response.DIFF_NONE,
        replaces=found.replaces,
        diffs=sorted(found.changed),
        detailedDiff=detailed,
        hasDetailedDiff=True,
        deleteBeforeReplace=found.deletes_first,
    )


def with_id(outputs: Props, resource_id: object) -> Props:
    """Return outputs with the id among them, as the real providers do: a policy pack is told it in no other way."""
    return {**outputs, "id": resource_id}


@contextmanager
def redacted(secrets: Secrets) -> Generator[None]:
    """Keep secrets out of the errors that leave the block, and in the properties of half-made things."""
    try:
        yield
    except HalfDone as error:
        found = with_id(error.outputs, error.resource_id)
        outputs = encode(found, secrets.for_outputs(found))
        raise _Unfinished(error.resource_id, outputs, secrets.redact(error.reason)) from None
    except Refusal as error:
        raise Refusal(secrets.redact(str(error))) from None


class _Unfinished(Exception):
    """A half-made thing, its properties already in the engine's form."""

    def __init__(self, resource_id: str, properties: Any, reason: str) -> None:
        super().__init__(reason)
        self.detail = provider_pb2.ErrorResourceInitFailed(id=resource_id, properties=properties, reasons=[reason])


def answers(method: Callable[[Any, Any, grpc.ServicerContext], Any]) -> Callable[..., Any]:
    """Let a method of the service end in one clear line, whatever goes wrong."""

    @wraps(method)
    def answer(self: Any, request: Any, context: grpc.ServicerContext) -> Any:
        try:
            return method(self, request, context)
        except _Unfinished as error:
            _abort_unfinished(context, error)
        except Refusal as error:
            return _refuse(context, method.__name__, request, str(error))
        except Exception as error:  # noqa: BLE001  a defect of the plugin must not look like an answer
            place = traceback.extract_tb(error.__traceback__)[-1]
            where = f"{Path(place.filename).name}:{place.lineno} ({place.name})"
            told = f"defect of {self.label} in {where}: {type(error).__name__}"
            sys.stderr.write(f"{told}\n")
            context.abort(grpc.StatusCode.INTERNAL, told)
        return None

    return answer


def _refuse(context: grpc.ServicerContext, method: str, request: Any, reason: str) -> Any:
    """Refuse inputs as a failed check, which the engine shows beside the resource, and all else as an error."""
    if method == "Check":
        return provider_pb2.CheckResponse(inputs=request.news, failures=failures([("", reason)], Secrets()))
    urn: str = getattr(request, "urn", "")
    about = f"{VERBS[method]} {type_of(urn)} {name_of(urn)}: " if urn and method in VERBS else ""
    context.abort(grpc.StatusCode.UNKNOWN, f"{about}{reason}")
    return None


def _abort_unfinished(context: grpc.ServicerContext, error: _Unfinished) -> None:
    """Abort with the details in which the engine finds id and properties of a half-made thing (`rpcerror`)."""
    packed = any_pb2.Any()
    packed.Pack(error.detail)
    message = str(error)
    status = status_pb2.Status(code=grpc.StatusCode.UNKNOWN.value[0], message=message, details=[packed])
    context.set_trailing_metadata((("grpc-status-details-bin", status.SerializeToString()),))
    context.abort(grpc.StatusCode.UNKNOWN, message)
