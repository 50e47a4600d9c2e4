"""The `ResourceProvider` service in plain data: what the engine asks, decoded; what a provider answers, encoded.

A provider fills in the methods that raise NotImplementedError; secrets, unknowns, previews and errors are dealt with
here.
"""

import threading
from dataclasses import dataclass
from typing import Any

from google.protobuf import empty_pb2
from pulumi.runtime.proto import plugin_pb2, provider_pb2, provider_pb2_grpc

from clover.lab.provider import naming, replies
from clover.lab.provider.deadline import Deadline
from clover.lab.provider.difference import Difference
from clover.lab.provider.naming import Naming
from clover.lab.provider.replies import answers, with_id
from clover.lab.provider.wire import UNKNOWN, Props, Secrets, decode, encode

Problems = list[tuple[str, str]]


@dataclass(frozen=True)
class Checked:
    """The inputs as the engine has to go on with them, and what is wrong with them (path and reason)."""

    inputs: Props
    problems: Problems


@dataclass(frozen=True)
class Job:
    """One operation on one resource: whose, of which type, until when."""

    urn: str
    token: str
    deadline: Deadline


@dataclass(frozen=True)
class Before:
    """What the engine's state holds of a resource; both are empty on an import."""

    outputs: Props
    inputs: Props


@dataclass(frozen=True)
class Found:
    """A resource as it is now."""

    id: str
    outputs: Props
    inputs: Props


class Provider:
    """What one cloud's provider does, in plain data; `label` is how messages call it."""

    label = "the lab's provider"

    def version(self) -> str:
        """Return the version: that of the SDK whose schema is served."""
        raise NotImplementedError

    def package_schema(self) -> str:
        """Return a package schema that names the types served."""
        raise NotImplementedError

    def check_config(self, news: Props) -> Problems:
        """Return what is wrong with the provider's own inputs."""
        raise NotImplementedError

    def configure(self, arguments: Props) -> None:
        """Take the configuration; Refusal when it leads out of the lab."""
        raise NotImplementedError

    def invoke(self, token: str, arguments: Props) -> Props:
        """Return the result of a function."""
        raise NotImplementedError

    def check(self, token: str, news: Props, olds: Props, naming: Naming) -> Checked:
        """Check a resource's inputs, and fill in what the provider adds."""
        raise NotImplementedError

    def input_secrets(self, secrets: Secrets, inputs: Props) -> Secrets:
        """Return where checked inputs hold secrets, `secrets` being where the program's inputs do."""
        return secrets.within(inputs)

    def difference(self, token: str, before: Before, inputs: Props, ignored: list[str]) -> Difference:
        """Say what has to change, leaving out the paths that the program ignores."""
        raise NotImplementedError

    def foreseen(self, token: str, inputs: Props) -> Props:
        """Return the outputs, as far as a preview knows them, of a resource to be made."""
        raise NotImplementedError

    def foreseen_update(self, token: str, before: Before, inputs: Props) -> Props:
        """Return the outputs, as far as a preview knows them, of a resource to be changed."""
        raise NotImplementedError

    def create(self, job: Job, inputs: Props) -> tuple[str, Props]:
        """Make a resource; return its id and outputs."""
        raise NotImplementedError

    def read(self, job: Job, resource_id: str, before: Before) -> Found | None:
        """Return a resource as it is, None when it is gone."""
        raise NotImplementedError

    def update(self, job: Job, resource_id: str, before: Before, inputs: Props) -> Props:
        """Change a resource; return its outputs."""
        raise NotImplementedError

    def delete(self, job: Job, resource_id: str, before: Before) -> None:
        """Remove a resource."""
        raise NotImplementedError


class ProviderService(provider_pb2_grpc.ResourceProviderServicer):
    """One provider process, configured once; the engine calls it from many threads."""

    def __init__(self, provider: Provider) -> None:
        """Serve `provider`."""
        self.provider = provider
        self.label = provider.label
        self._cancelled = threading.Event()

    @answers
    def Handshake(self, _request: Any, _context: Any) -> Any:  # noqa: N802
        """Say what this provider understands: secrets, and the engine's naming rules."""
        return provider_pb2.ProviderHandshakeResponse(accept_secrets=True, supports_autonaming_configuration=True)

    @answers
    def GetPluginInfo(self, _request: Any, _context: Any) -> Any:  # noqa: N802
        """Say the version."""
        return plugin_pb2.PluginInfo(version=self.provider.version())

    @answers
    def GetSchema(self, _request: Any, _context: Any) -> Any:  # noqa: N802
        """Return a package schema that names the types served, without their properties."""
        return provider_pb2.GetSchemaResponse(schema=self.provider.package_schema())

    @answers
    def CheckConfig(self, request: Any, _context: Any) -> Any:  # noqa: N802
        """Check the provider's configuration, and hand it on as it came."""
        problems = self.provider.check_config(decode(request.news)[0])
        return provider_pb2.CheckResponse(inputs=request.news, failures=replies.failures(problems, Secrets()))

    @answers
    def DiffConfig(self, request: Any, _context: Any) -> Any:  # noqa: N802
        """Replace nothing: a resource that would have to move says so itself."""
        same = decode(request.old_inputs)[0] == decode(request.news)[0]
        kinds = provider_pb2.DiffResponse
        return provider_pb2.DiffResponse(changes=kinds.DIFF_NONE if same else kinds.DIFF_SOME)

    @answers
    def Configure(self, request: Any, _context: Any) -> Any:  # noqa: N802
        """Take the configuration."""
        self.provider.configure(decode(request.args)[0])
        return provider_pb2.ConfigureResponse(
            acceptSecrets=True, supportsPreview=True, supports_autonaming_configuration=True
        )

    @answers
    def Invoke(self, request: Any, _context: Any) -> Any:  # noqa: N802
        """Answer the few functions that need no resource."""
        arguments, secrets = decode(request.args)
        result = self.provider.invoke(request.tok, arguments)
        response: Any = provider_pb2.InvokeResponse()
        getattr(response, "return").CopyFrom(encode(result, secrets))
        return response

    @answers
    def Check(self, request: Any, _context: Any) -> Any:  # noqa: N802
        """Check inputs, and fill in what the provider adds."""
        news, secrets = decode(request.news)
        wish = request.autonaming
        mode = naming.MODES[int(wish.mode)]
        named = Naming(replies.name_of(request.urn), request.randomSeed, wish.proposed_name, mode)
        checked = self.provider.check(replies.type_of(request.urn), news, decode(request.olds)[0], named)
        return provider_pb2.CheckResponse(
            inputs=encode(checked.inputs, self.provider.input_secrets(secrets, checked.inputs)),
            failures=replies.failures(checked.problems, secrets),
        )

    @answers
    def Diff(self, request: Any, _context: Any) -> Any:  # noqa: N802
        """Say what has to change, and whether that takes a replacement."""
        before = Before(_without_id(decode(request.olds)[0]), decode(request.old_inputs)[0])
        token = replies.type_of(request.urn)
        found = self.provider.difference(token, before, decode(request.news)[0], list(request.ignoreChanges))
        return replies.diff(found)

    @answers
    def Create(self, request: Any, _context: Any) -> Any:  # noqa: N802
        """Make the resource; in a preview say what will be known of it."""
        inputs, secrets = decode(request.properties)
        if request.preview:
            outputs = with_id(self.provider.foreseen(replies.type_of(request.urn), inputs), UNKNOWN)
            return provider_pb2.CreateResponse(properties=encode(outputs, secrets))
        with replies.redacted(secrets):
            resource_id, outputs = self.provider.create(self._job(request), inputs)
        outputs = with_id(outputs, resource_id)
        return provider_pb2.CreateResponse(id=resource_id, properties=encode(outputs, secrets.for_outputs(outputs)))

    @answers
    def Read(self, request: Any, _context: Any) -> Any:  # noqa: N802
        """Read the resource as it is, for a refresh, an import or a look-up; an empty id says that it is gone."""
        old_outputs, output_secrets = decode(request.properties)
        old_inputs, input_secrets = decode(request.inputs)
        secrets = output_secrets | input_secrets
        with replies.redacted(secrets):
            found = self.provider.read(self._job(request), request.id, Before(_without_id(old_outputs), old_inputs))
        if found is None:
            return provider_pb2.ReadResponse()
        outputs = with_id(found.outputs, found.id)
        return provider_pb2.ReadResponse(
            id=found.id,
            properties=encode(outputs, secrets.for_outputs(outputs)),
            inputs=encode(found.inputs, self.provider.input_secrets(secrets, found.inputs)),
        )

    @answers
    def Update(self, request: Any, _context: Any) -> Any:  # noqa: N802
        """Change the resource; in a preview say what will be known of it."""
        (old_outputs, old_secrets), (inputs, secrets) = decode(request.olds), decode(request.news)
        before = Before(_without_id(old_outputs), decode(request.old_inputs)[0])
        if request.preview:
            foreseen = self.provider.foreseen_update(replies.type_of(request.urn), before, inputs)
            outputs = with_id(foreseen, request.id)
            return provider_pb2.UpdateResponse(properties=encode(outputs, secrets))
        with replies.redacted(secrets | old_secrets):
            outputs = with_id(self.provider.update(self._job(request), request.id, before, inputs), request.id)
        return provider_pb2.UpdateResponse(properties=encode(outputs, secrets.for_outputs(outputs)))

    @answers
    def Delete(self, request: Any, _context: Any) -> Any:  # noqa: N802
        """Remove the resource."""
        old_outputs, secrets = decode(request.properties)
        with replies.redacted(secrets):
            before = Before(_without_id(old_outputs), decode(request.old_inputs)[0])
            self.provider.delete(self._job(request), request.id, before)
        return empty_pb2.Empty()

    @answers
    def Cancel(self, _request: Any, _context: Any) -> Any:  # noqa: N802
        """Let everything that waits give up."""
        self._cancelled.set()
        return empty_pb2.Empty()

    def _job(self, request: Any) -> Job:
        seconds: float = getattr(request, "timeout", 0)
        return Job(request.urn, replies.type_of(request.urn), Deadline.after(seconds, self._cancelled))


def _without_id(outputs: Props) -> Props:
    """Leave out the id, which a provider is told apart from the outputs."""
    return {name: value for name, value in outputs.items() if name != "id"}
