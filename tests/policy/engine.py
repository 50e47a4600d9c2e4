"""What the engine asks a policy pack about a stack, in its own messages, answered by the SDK's servicer in-process."""

import runpy
import sys
from collections.abc import Generator, Iterable, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from pulumi.runtime import proto

from clover.sources.resource import parse_urn

PACK = Path(__file__).parents[2] / "policy"
State = Mapping[str, Any]
LEVELS: Any = proto


def service() -> Any:
    """The pack's service, as its own program makes it."""
    with sibling_modules():
        return runpy.run_path(str(PACK), run_name="pack")["service"]()


@contextmanager
def sibling_modules() -> Generator[None]:
    """The pack's folder on the path, as Python puts it there for a program of its own; nothing of it stays loaded."""
    before = set(sys.modules)
    sys.path.insert(0, str(PACK))
    try:
        yield
    finally:
        sys.path.remove(str(PACK))
        for name in set(sys.modules) - before:
            if (getattr(sys.modules[name], "__file__", None) or "").startswith(str(PACK)):
                del sys.modules[name]


class Pack:
    """The pack with its configuration, as one run of the engine has it."""

    def __init__(self, config: Mapping[str, Mapping[str, Any]] | None = None, stack: str | None = None) -> None:
        self.service: Any = service()
        if stack:
            named = {"clover:zone": "europe", "clover:site": stack}
            self.service.ConfigureStack(proto.AnalyzerStackConfigureRequest(stack=stack, config=named), None)
        request = proto.ConfigureAnalyzerRequest()
        for name, properties in (config or {}).items():
            level = {policy.name: policy for policy in self.info().policies}[name].enforcementLevel
            request.policyConfig[name].enforcementLevel = level
            request.policyConfig[name].properties.update(dict(properties))
        self.service.Configure(request, None)

    def info(self) -> Any:
        return self.service.GetAnalyzerInfo(None, None)

    def stack(self, states: Iterable[State], *, inputs: bool = True) -> list[Any]:
        """Everything that is said of the stack; `inputs`: whether the engine asked about each resource before."""
        listed = list(states)
        for state in listed if inputs else ():
            asked = proto.AnalyzeRequest(type=state["type"], urn=state["urn"], name=_name(state))
            asked.properties.update(_public(state.get("inputs")))
            self.service.Remediate(asked, None)
            assert not self.service.Analyze(asked, None).diagnostics
        return list(self.service.AnalyzeStack(request(listed), None).diagnostics)


def request(states: Iterable[State]) -> Any:
    """A stack in the engine's words: outputs with the id among them, providers, parents and options."""
    found = proto.AnalyzeStackRequest()
    for state in states:
        outputs = _public(state.get("outputs"))
        if state.get("custom"):
            outputs["id"] = state.get("id")
        one = found.resources.add(type=state["type"], urn=state["urn"], name=_name(state), parent=state.get("parent"))
        one.properties.update(outputs)
        one.options.protect = state.get("protect") is True
        one.dependencies.extend(state.get("dependencies") or ())
        if state.get("custom") and not state["type"].startswith("pulumi:providers:"):
            urn = (state.get("provider") or "urn:pulumi:x::y::pulumi:providers:z::w::id").rpartition("::")[0]
            one.provider.urn, one.provider.type = urn, parse_urn(urn).type
    return found


def mandatory(said: Iterable[Any]) -> dict[str, list[str]]:
    """The messages that stop a run, by policy, without the description in front."""
    found: dict[str, list[str]] = {}
    for each in said:
        if each.enforcementLevel == LEVELS.MANDATORY:
            found.setdefault(each.policyName, []).append(each.message.removeprefix(f"{each.description}\n"))
    return found


def _name(state: State) -> str:
    return str(state["urn"]).rpartition("::")[2]


def _public(properties: Any) -> dict[str, Any]:
    """The properties without the provider's own notes, which the engine leaves out."""
    held: dict[str, Any] = properties or {}
    return {name: value for name, value in held.items() if not name.startswith("__")}
