"""The `ResourceProvider` service: what the engine asks, turned into checks, differences and operations."""

import os
import threading
from typing import Any

from google.protobuf import empty_pb2
from pulumi.runtime.proto import plugin_pb2, provider_pb2, provider_pb2_grpc

from clover.lab.aws import configuration, difference, journal, operations, replies, state, tagging
from clover.lab.aws.check import check, resource_type
from clover.lab.aws.cloud import Call, Cloud
from clover.lab.aws.failure import Refusal
from clover.lab.aws.functions import invoke
from clover.lab.aws.kinds import KINDS
from clover.lab.aws.model import schema
from clover.lab.aws.naming import Naming
from clover.lab.aws.operations import Work
from clover.lab.aws.patience import Deadline
from clover.lab.aws.replies import answers
from clover.lab.aws.wire import UNKNOWN, Props, Secrets, decode, encode

NAMING_MODES = ("propose", "enforce", "disable")


class AwsProvider(provider_pb2_grpc.ResourceProviderServicer):
    """One provider process, configured once; the engine calls it from many threads."""

    def __init__(self) -> None:
        """Stay unconfigured until the engine says more."""
        self._cloud: Cloud | None = None
        self._cancelled = threading.Event()

    @answers
    def Handshake(self, _request: Any, _context: Any) -> Any:  # noqa: N802
        """Say what this provider understands: secrets, and the engine's naming rules."""
        return provider_pb2.ProviderHandshakeResponse(accept_secrets=True, supports_autonaming_configuration=True)

    @answers
    def GetPluginInfo(self, _request: Any, _context: Any) -> Any:  # noqa: N802
        """Say the version: that of the SDK whose schema is served."""
        return plugin_pb2.PluginInfo(version=schema()["sdk"])

    @answers
    def GetSchema(self, _request: Any, _context: Any) -> Any:  # noqa: N802
        """Return a package schema that names the types served, without their properties."""
        return provider_pb2.GetSchemaResponse(schema=configuration.package_schema())

    @answers
    def CheckConfig(self, request: Any, _context: Any) -> Any:  # noqa: N802
        """Check the provider's configuration against the SDK, and hand it on as it came."""
        news, _ = decode(request.news)
        problems = configuration.check(news)
        return provider_pb2.CheckResponse(inputs=request.news, failures=replies.failures(problems, Secrets()))

    @answers
    def DiffConfig(self, request: Any, _context: Any) -> Any:  # noqa: N802
        """Replace nothing: a resource in another region or account says so itself."""
        same = decode(request.old_inputs)[0] == decode(request.news)[0]
        kinds = provider_pb2.DiffResponse
        return provider_pb2.DiffResponse(changes=kinds.DIFF_NONE if same else kinds.DIFF_SOME)

    @answers
    def Configure(self, request: Any, _context: Any) -> Any:  # noqa: N802
        """Take the configuration; refuse to go anywhere but to the lab, or into an account that is not allowed."""
        settings = configuration.configure(decode(request.args)[0], os.environ)
        self._cloud = Cloud(settings) if settings else None
        if self._cloud and settings and not settings.skips_account:
            _ = self._cloud.identity
        return provider_pb2.ConfigureResponse(
            acceptSecrets=True, supportsPreview=True, supports_autonaming_configuration=True
        )

    @answers
    def Invoke(self, request: Any, _context: Any) -> Any:  # noqa: N802
        """Answer the few functions that need no resource."""
        arguments, secrets = decode(request.args)
        result = invoke(request.tok, arguments, self._configured())
        response: Any = provider_pb2.InvokeResponse()
        getattr(response, "return").CopyFrom(encode(result, secrets))
        return response

    @answers
    def Check(self, request: Any, _context: Any) -> Any:  # noqa: N802
        """Check inputs, and fill in defaults, name, region and merged tags."""
        news, secrets = decode(request.news)
        wish = request.autonaming
        mode = NAMING_MODES[int(wish.mode)]
        naming = Naming(replies.name_of(request.urn), request.randomSeed, wish.proposed_name, mode)
        kind = resource_type(replies.type_of(request.urn))
        settings = self._cloud.settings if self._cloud else None
        checked = check(kind, settings, news, decode(request.olds)[0], naming)
        return provider_pb2.CheckResponse(
            inputs=encode(checked.inputs, tagging.with_all(secrets).within(checked.inputs)),
            failures=replies.failures(checked.problems, secrets),
        )

    @answers
    def Diff(self, request: Any, _context: Any) -> Any:  # noqa: N802
        """Say what has to change, and whether that takes a replacement."""
        kind = resource_type(replies.type_of(request.urn))
        old, new = decode(request.old_inputs)[0], decode(request.news)[0]
        return replies.diff(difference.compare(kind, old, new, request.ignoreChanges))

    @answers
    def Create(self, request: Any, _context: Any) -> Any:  # noqa: N802
        """Make the resource; in a preview say what will be known of it."""
        inputs, secrets = decode(request.properties)
        if request.preview:
            outputs = state.foreseen(resource_type(replies.type_of(request.urn)), inputs)
            return provider_pb2.CreateResponse(properties=encode(outputs, secrets))
        with replies.redacted(secrets):
            resource_id, outputs = operations.create(self._work(request, inputs), inputs, journal.recorder(request.urn))
        return provider_pb2.CreateResponse(id=resource_id, properties=encode(outputs, secrets.for_outputs(outputs)))

    @answers
    def Read(self, request: Any, _context: Any) -> Any:  # noqa: N802
        """Read the resource as it is, for a refresh, an import or a look-up; an empty id says that it is gone."""
        old_state, state_secrets = decode(request.properties)
        old_inputs, input_secrets = decode(request.inputs)
        secrets = state_secrets | input_secrets
        kind = resource_type(replies.type_of(request.urn))
        resource_id, region = (request.id, None) if old_state else replies.imported_id(kind, request.id)
        with replies.redacted(secrets):
            work = self._work(request, {"region": region} if region else old_state)
            found = operations.read(work, resource_id, old_state, old_inputs)
        if found is None:
            return provider_pb2.ReadResponse()
        found_id, outputs, inputs = found
        return provider_pb2.ReadResponse(
            id=found_id,
            properties=encode(outputs, secrets.for_outputs(outputs)),
            inputs=encode(inputs, tagging.with_all(secrets).within(inputs)),
        )

    @answers
    def Update(self, request: Any, _context: Any) -> Any:  # noqa: N802
        """Change the resource; in a preview say what will be known of it."""
        (old_state, old_secrets), (inputs, secrets) = decode(request.olds), decode(request.news)
        if request.preview:
            kind = resource_type(replies.type_of(request.urn))
            changed = difference.compare(kind, decode(request.old_inputs)[0], inputs).changed
            outputs = state.foreseen_update(kind, changed, old_state, inputs)
            return provider_pb2.UpdateResponse(properties=encode(outputs, secrets))
        with replies.redacted(secrets | old_secrets):
            work = self._work(request, inputs)
            outputs = operations.update(work, request.id, old_state, decode(request.old_inputs)[0], inputs)
        return provider_pb2.UpdateResponse(properties=encode(outputs, secrets.for_outputs(outputs)))

    @answers
    def Delete(self, request: Any, _context: Any) -> Any:  # noqa: N802
        """Remove the resource."""
        old_state, secrets = decode(request.properties)
        with replies.redacted(secrets):
            operations.delete(self._work(request, old_state), request.id, old_state)
        return empty_pb2.Empty()

    @answers
    def Cancel(self, _request: Any, _context: Any) -> Any:  # noqa: N802
        """Let everything that waits give up."""
        self._cancelled.set()
        return empty_pb2.Empty()

    def _configured(self) -> Cloud:
        if self._cloud is None:
            raise Refusal("the provider's configuration is not yet known")
        return self._cloud

    def _work(self, request: Any, props: Props) -> Work:
        """Return the operation that a request asks for, in the region that its properties name."""
        kind = resource_type(replies.type_of(request.urn))
        cloud = self._configured()
        region = props.get("region") or cloud.settings.region
        if region is UNKNOWN:
            raise Refusal("the region is not yet known")
        timeout: float = getattr(request, "timeout", 0)
        return Work(kind, KINDS[kind.token], Call(cloud, region, Deadline.after(timeout, self._cancelled)))
