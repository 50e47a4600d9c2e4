"""The part of the engine that talks to a provider: check, diff, create or update or replace, refresh, import, delete.

It speaks gRPC, so that secrets, unknowns and errors go over the wire as they do with the real engine.
"""

from dataclasses import dataclass, field
from typing import Any

import grpc
from pulumi.runtime.proto import provider_pb2, provider_pb2_grpc, status_pb2

from clover.lab.provider.wire import UNKNOWN, Props, Secrets, decode, encode

PLAIN = Secrets()


class Failed(Exception):
    """The provider refused; `unfinished` holds id and properties of what it made nevertheless."""

    def __init__(self, message: str, unfinished: Any = None) -> None:
        super().__init__(message)
        self.unfinished = unfinished


@dataclass
class Resource:
    """A resource as the engine's state holds it."""

    token: str
    name: str
    id: str = ""
    inputs: Props = field(default_factory=dict[str, Any])
    outputs: Props = field(default_factory=dict[str, Any])
    secrets: Secrets = PLAIN

    @property
    def urn(self) -> str:
        return f"urn:pulumi:dublin::clover::{self.token}::{self.name}"

    @property
    def held(self) -> Props:
        """The outputs as the engine keeps them: the id is one of them, where the thing was ever there."""
        return {**self.outputs, "id": self.id} if self.outputs else {}

    def __getitem__(self, name: str) -> Any:
        return self.id if name == "id" else self.outputs[name]


@dataclass
class Plan:
    """What Check and Diff say of new inputs."""

    inputs: Props
    secrets: Secrets
    changes: bool
    replaces: list[str]
    detailed: dict[str, str]
    deletes_first: bool


class Engine:
    """Drives one configured provider."""

    def __init__(self, stub: provider_pb2_grpc.ResourceProviderStub) -> None:
        self.stub: Any = stub

    def configure(self, **config: Any) -> None:
        self._ask("Configure", provider_pb2.ConfigureRequest(args=encode(config, PLAIN), acceptSecrets=True))

    def check(
        self, resource: Resource, inputs: Props, secrets: Secrets = PLAIN, **naming: Any
    ) -> tuple[Props, Secrets]:
        """Return checked inputs; Failed with every problem, one a line."""
        request = provider_pb2.CheckRequest(
            urn=resource.urn, olds=encode(resource.inputs, PLAIN), news=encode(inputs, secrets), randomSeed=b"seed"
        )
        if naming:
            request.autonaming.CopyFrom(provider_pb2.CheckRequest.AutonamingOptions(**naming))
        answer = self._ask("Check", request)
        if answer.failures:
            raise Failed("\n".join(f"{failure.property}: {failure.reason}" for failure in answer.failures))
        return decode(answer.inputs)

    def plan(self, resource: Resource, inputs: Props, secrets: Secrets = PLAIN, ignore: tuple[str, ...] = ()) -> Plan:
        """Check and diff new inputs against the state."""
        checked, found_secrets = self.check(resource, inputs, secrets)
        answer = self._ask(
            "Diff",
            provider_pb2.DiffRequest(
                id=resource.id,
                urn=resource.urn,
                olds=encode(resource.held, PLAIN),
                old_inputs=encode(resource.inputs, PLAIN),
                news=encode(checked, found_secrets),
                ignoreChanges=ignore,
            ),
        )
        kinds = provider_pb2.PropertyDiff.Kind
        detailed = {path: kinds.Name(found.kind) for path, found in answer.detailedDiff.items()}
        changes = answer.changes == provider_pb2.DiffResponse.DIFF_SOME
        replaces = list(answer.replaces)
        return Plan(checked, found_secrets, changes, replaces, detailed, answer.deleteBeforeReplace)

    def create(
        self,
        token: str,
        name: str,
        inputs: Props,
        secrets: Secrets = PLAIN,
        timeout: float = 0,
        *,
        preview: bool = False,
    ) -> Resource:
        """Check and create; Failed as the engine would report it."""
        resource = Resource(token, name)
        checked, found_secrets = self.check(resource, inputs, secrets)
        answer = self._ask(
            "Create",
            provider_pb2.CreateRequest(
                urn=resource.urn, properties=encode(checked, found_secrets), preview=preview, timeout=timeout
            ),
        )
        outputs, out_secrets = _outputs(answer.properties, UNKNOWN if preview else answer.id)
        return Resource(token, name, answer.id, checked, outputs, out_secrets)

    def update(
        self, resource: Resource, inputs: Props, secrets: Secrets = PLAIN, timeout: float = 0, *, preview: bool = False
    ) -> Resource:
        """Check and update, whatever Diff would say."""
        checked, found_secrets = self.check(resource, inputs, secrets)
        answer = self._ask(
            "Update",
            provider_pb2.UpdateRequest(
                id=resource.id,
                urn=resource.urn,
                olds=encode(resource.held, resource.secrets),
                old_inputs=encode(resource.inputs, PLAIN),
                news=encode(checked, found_secrets),
                preview=preview,
                timeout=timeout,
            ),
        )
        outputs, out_secrets = _outputs(answer.properties, resource.id)
        return Resource(resource.token, resource.name, resource.id, checked, outputs, out_secrets)

    def refresh(self, resource: Resource) -> Resource | None:
        """Return the resource as it is, None when it is gone."""
        request = provider_pb2.ReadRequest(
            id=resource.id,
            urn=resource.urn,
            properties=encode(resource.held, resource.secrets),
            inputs=encode(resource.inputs, PLAIN),
        )
        return self._read(resource, request)

    def import_(self, token: str, resource_id: str) -> Resource | None:
        """Read a thing by nothing but its id."""
        resource = Resource(token, "imported")
        return self._read(resource, provider_pb2.ReadRequest(id=resource_id, urn=resource.urn))

    def delete(self, resource: Resource, timeout: float = 0) -> None:
        request = provider_pb2.DeleteRequest(
            id=resource.id,
            urn=resource.urn,
            properties=encode(resource.held, resource.secrets),
            timeout=timeout,
        )
        self._ask("Delete", request)

    def invoke(self, token: str, **arguments: Any) -> Props:
        answer = self._ask("Invoke", provider_pb2.InvokeRequest(tok=token, args=encode(arguments, PLAIN)))
        return decode(getattr(answer, "return"))[0]

    def _read(self, resource: Resource, request: Any) -> Resource | None:
        answer = self._ask("Read", request)
        if not answer.id:
            return None
        outputs, secrets = _outputs(answer.properties, answer.id)
        return Resource(resource.token, resource.name, answer.id, decode(answer.inputs)[0], outputs, secrets)

    def _ask(self, method: str, request: Any) -> Any:
        try:
            return getattr(self.stub, method)(request)
        except grpc.RpcError as error:
            raise Failed(*_explained(error)) from None


def _outputs(properties: Any, resource_id: object) -> tuple[Props, Secrets]:
    """Return the outputs of an answer without the id, which has to be among them."""
    outputs, secrets = decode(properties)
    assert outputs.pop("id") == resource_id
    return outputs, secrets


def _explained(error: Any) -> tuple[str, Any]:
    """Return message and, where there is one, the detail of a half-made thing."""
    metadata: dict[str, Any] = dict(error.trailing_metadata() or ())
    packed = metadata.get("grpc-status-details-bin")
    if packed is None:
        return error.details(), None
    detail = provider_pb2.ErrorResourceInitFailed()
    status_pb2.Status.FromString(packed).details[0].Unpack(detail)
    return error.details(), detail
