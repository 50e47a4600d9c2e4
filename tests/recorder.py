"""A resource monitor that records what a program declares, and refuses what the engine would refuse.

    with declaring(answers) as world:
        EncryptionKey("key", …)
    key = world.one("aws:kms/key:Key")

Leaving the block waits for every registration and every output, and fails when nothing was declared: an assertion
after it cannot pass because nothing happened.
"""

import asyncio
import threading
from collections.abc import Callable, Generator, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, cast

import pulumi
from google.protobuf import empty_pb2, json_format
from pulumi.runtime import mocks, rpc, settings, stack
from pulumi.runtime.proto import resource_pb2

UNKNOWN: str = rpc.UNKNOWN
"""What stands in a preview's inputs where a value is not known yet."""

STACK_TYPE = "pulumi:pulumi:Stack"

_RUNTIME: Any = settings.SETTINGS
"""The SDK's own list of what it waits for: what one block left there would fail the next."""

Answers = Callable[["Registration", "World"], Mapping[str, Any]]
"""The outputs that a registration has beyond its inputs; `id` is among them for a custom resource that has one."""


Functions = Mapping[str, Callable[[Any], Any]]
"""What the cloud answers to a function of its provider, by token: properties, or a pair of these and its failures."""


class Refused(Exception):
    """A registration that the engine, or a rule of the house, refuses."""


@dataclass
class Registration:
    """One resource as it was declared."""

    urn: str
    type: str
    name: str
    parent: str
    custom: bool
    inputs: dict[str, Any]
    protect: bool
    provider: str
    dependencies: list[str]
    property_dependencies: dict[str, list[str]]
    aliases: list[str]
    source: tuple[str, int]
    request: Any = field(repr=False)
    outputs: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]])
    """What `register_outputs` was given, once per call."""


class World:
    """Everything that was declared, in the order of registration."""

    def __init__(self) -> None:
        self.registrations: dict[str, Registration] = {}
        self.stack_outputs: dict[str, Any] = {}
        self._lock = threading.Lock()

    def add(self, found: Registration) -> None:
        """Take a registration; Refused for a second one of the same URN, an unknown parent, or an orphan."""
        with self._lock:
            if found.urn in self.registrations:
                raise Refused(f"duplicate URN {found.urn}")
            if found.parent and found.parent not in self.registrations and STACK_TYPE not in found.parent:
                raise Refused(f"{found.urn}: unknown parent {found.parent}")
            for urn in found.dependencies:
                if urn not in self.registrations and STACK_TYPE not in urn:
                    raise Refused(f"{found.urn}: unknown dependency {urn}")
            parentless = not found.parent or STACK_TYPE in found.parent
            if found.custom and parentless and not found.type.startswith("pulumi:providers:"):
                raise Refused(f"{found.urn}: a resource without a component as its parent")
            self.registrations[found.urn] = found

    def all(self, type_: str | None = None) -> list[Registration]:
        """Every registration, or those of one type."""
        return [found for found in self.registrations.values() if type_ in (None, found.type)]

    def one(self, type_: str, name: str | None = None) -> Registration:
        """The only registration of a type, or of a type and a name; LookupError when there is none or another."""
        found = [candidate for candidate in self.all(type_) if name in (None, candidate.name)]
        if len(found) != 1:
            raise LookupError(f"{len(found)} registrations of {type_} {name or ''}: {[one.name for one in found]}")
        return found[0]

    def below(self, urn: str) -> list[Registration]:
        """What has `urn` as its parent, at any depth."""
        children = [found for found in self.all() if found.parent == urn]
        return [*children, *(deeper for child in children for deeper in self.below(child.urn))]

    def before(self, urn: str) -> set[str]:
        """Every URN that must exist before `urn`: its dependencies, its parents' dependencies, and theirs in turn."""
        seen: set[str] = set()
        waiting = [urn]
        while waiting:
            found = self.registrations.get(waiting.pop())
            for needed in [*found.dependencies, found.parent] if found else []:
                if needed and needed not in seen:
                    seen.add(needed)
                    waiting.append(needed)
        return seen

    def strings(self) -> Iterator[tuple[str, str]]:
        """Every text in every input and output, with the URN that it belongs to."""
        for found in self.all():
            for text in _strings([found.inputs, found.outputs]):
                yield found.urn, text


def _strings(value: object) -> Iterator[str]:
    """Every text inside plain data, keys included."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for pair in cast("dict[str, object]", value).items():
            yield from _strings(list(pair))
    elif isinstance(value, list):
        for part in cast("list[object]", value):
            yield from _strings(part)


class RecordingMonitor(mocks.MockMonitor):
    """The monitor; what a resource answers comes from `answers`, its own inputs come back as outputs."""

    def __init__(self, answers: Answers, world: World, functions: Functions) -> None:
        super().__init__(_NoMocks(functions))
        self.world = world
        self._answers = answers

    def RegisterResource(self, request: Any) -> Any:  # noqa: N802  the protocol's name
        """Record, then answer with inputs and answers."""
        if request.type == STACK_TYPE:
            return resource_pb2.RegisterResourceResponse(urn=self.make_urn("", request.type, request.name))
        found = self._registration(request)
        self.world.add(found)
        state = dict(self._answers(found, self.world))
        identity = state.pop("id", "")
        outputs = json_format.ParseDict({**found.inputs, **state}, type(request.object)())
        return resource_pb2.RegisterResourceResponse(urn=found.urn, id=identity, object=outputs)

    def RegisterResourceOutputs(self, request: Any) -> Any:  # noqa: N802  the protocol's name
        """Record what a component or the stack hands out."""
        outputs = json_format.MessageToDict(request.outputs)
        if STACK_TYPE in request.urn:
            self.world.stack_outputs.update(outputs)
        else:
            self.world.registrations[request.urn].outputs.append(outputs)
        return empty_pb2.Empty()

    def _registration(self, request: Any) -> Registration:
        """The request in plain terms."""
        return Registration(
            urn=self.make_urn("" if STACK_TYPE in request.parent else request.parent, request.type, request.name),
            type=request.type,
            name=request.name,
            parent=request.parent,
            custom=request.custom,
            inputs=json_format.MessageToDict(request.object),
            protect=request.protect,
            provider=request.provider or request.providers.get("aws", ""),
            dependencies=list(request.dependencies),
            property_dependencies={key: list(urns.urns) for key, urns in request.propertyDependencies.items()},
            aliases=[*request.aliasURNs, *(str(alias) for alias in request.aliases)],
            source=(request.sourcePosition.uri, request.sourcePosition.line),
            request=request,
        )


class _NoMocks(mocks.Mocks):
    """The monitor answers registrations itself; nothing may ask the cloud anything but what a test answers."""

    def __init__(self, functions: Functions) -> None:
        self._functions = functions

    def call(self, args: mocks.MockCallArgs) -> Any:
        if args.token not in self._functions:
            raise Refused(f"a program that asks the cloud: {args.token}")
        return self._functions[args.token](cast(Any, args).args)

    def new_resource(self, args: mocks.MockResourceArgs) -> Any:
        raise Refused(f"a program that reads a resource: {args.typ} {args.name}")


@contextmanager
def declaring(
    answers: Answers, *, stack_name: str = "site", preview: bool = False, functions: Functions = MappingProxyType({})
) -> Generator[World]:
    """Record what the block declares; at its end wait for all of it, and raise Refused when there was nothing."""
    world = World()
    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    loop.set_exception_handler(_said_already)
    try:
        settings.ROOT.set(None)
        _RUNTIME.outputs.clear()
        monitor = RecordingMonitor(answers, world, functions)
        mocks.set_mocks(_NoMocks(functions), project="clover", stack=stack_name, preview=preview, monitor=monitor)
        yield world
        loop.run_until_complete(stack.wait_for_rpcs())
    finally:
        _end(loop)
    if not world.registrations:
        raise Refused("nothing was declared")


def _said_already(loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
    """Drop what asyncio reports of futures that nobody awaited: the barrier has raised the first failure."""


def _end(loop: asyncio.AbstractEventLoop) -> None:
    """Close the loop; what a refusal left waiting is given up, not left to complain later."""
    left = asyncio.all_tasks(loop)
    for task in left:
        task.cancel()
    loop.run_until_complete(asyncio.gather(*left, return_exceptions=True))
    _RUNTIME.outputs.clear()
    loop.close()
    asyncio.set_event_loop(None)


def run(
    program: Callable[[], None],
    answers: Answers,
    *,
    stack_name: str,
    preview: bool = False,
    functions: Functions = MappingProxyType({}),
) -> World:
    """Run a whole program as a language host does, inside its stack; its exports are the world's `stack_outputs`."""
    with declaring(answers, stack_name=stack_name, preview=preview, functions=functions) as world:
        settings.ROOT.set(None)
        asyncio.get_event_loop().run_until_complete(pulumi.runtime.run_in_stack(program))
    return world
