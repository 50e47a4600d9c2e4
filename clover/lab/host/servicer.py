"""The `LanguageRuntime` service: the calls that the engine makes of a language host for this project."""

import subprocess
import sys
from pathlib import Path
from typing import Any

import grpc
from google.protobuf import empty_pb2
from pulumi.runtime.proto import language_pb2, language_pb2_grpc, plugin_pb2

from clover import __version__
from clover.errors import BadInput
from clover.lab.host import program, sdk
from clover.lab.host.printed import printed

ANALYZER = "analyzer"
"""The kind of plugin that a policy pack is (sdk/go/common/apitype/plugins.go)."""


class LanguageHost(language_pb2_grpc.LanguageRuntimeServicer):
    """Runs programs and Python plugins; what the lab has no use for stays unimplemented, as gRPC says by itself."""

    def __init__(self, engine_address: str) -> None:
        """`engine_address`: where the engine listens, its last argument to this process."""
        self._engine_address = engine_address

    def Handshake(self, request: Any, context: grpc.ServicerContext) -> Any:  # noqa: ARG002, N802
        """Agree to the engine's protocol."""
        return language_pb2.LanguageHandshakeResponse()

    def GetPluginInfo(self, request: Any, context: grpc.ServicerContext) -> Any:  # noqa: ARG002, N802
        """Say this host's version."""
        return plugin_pb2.PluginInfo(version=__version__)

    def GetRequiredPackages(self, request: Any, context: grpc.ServicerContext) -> Any:  # noqa: ARG002, N802
        """Name no package: the lab's providers are in place before the engine starts."""
        return language_pb2.GetRequiredPackagesResponse()

    def GetRequiredPlugins(self, request: Any, context: grpc.ServicerContext) -> Any:  # noqa: ARG002, N802
        """Name no plugin, as for packages."""
        return language_pb2.GetRequiredPluginsResponse()

    def About(self, request: Any, context: grpc.ServicerContext) -> Any:  # noqa: ARG002, N802
        """Say which interpreter runs the program."""
        return language_pb2.AboutResponse(executable=sys.executable, version=sys.version.split()[0])

    def Run(self, request: Any, context: grpc.ServicerContext) -> Any:  # noqa: ARG002, N802
        """Run the program; `bail` says that the failure has been shown already."""
        return language_pb2.RunResponse(bail=not program.run(request, self._engine_address))

    def RunPlugin(self, request: Any, context: grpc.ServicerContext) -> Any:  # noqa: N802
        """Run a Python plugin, such as a component package or a policy pack, and stream what it prints."""
        process = subprocess.Popen(
            _plugin_command(request),
            cwd=request.pwd,
            env=dict(entry.split("=", 1) for entry in request.env),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        context.add_callback(process.terminate)
        yield from printed(process)
        yield language_pb2.RunPluginResponse(exitcode=process.wait())

    def InstallDependencies(self, request: Any, context: grpc.ServicerContext) -> Any:  # noqa: ARG002, N802
        """Install nothing: programs and plugins run in the lab's own environment."""
        return iter(())

    def GeneratePackage(self, request: Any, context: grpc.ServicerContext) -> Any:  # noqa: N802
        """Write a package's Python SDK, with the generator that the official host has built in."""
        try:
            sdk.generate("python", request.schema, Path(request.directory), request.loader_target)
        except BadInput as problem:
            context.abort(grpc.StatusCode.FAILED_PRECONDITION, str(problem))
        return language_pb2.GeneratePackageResponse()

    def Link(self, request: Any, context: grpc.ServicerContext) -> Any:  # noqa: ARG002, N802
        """Make generated SDKs importable, and say under which name; see `sdk`."""
        root = Path(request.info.root_directory)
        names = [sdk.link(root / each.path, each.package.name, each.package.version) for each in request.packages]
        lines = "\n".join(f"  import {name}" for name in names)
        return language_pb2.LinkResponse(import_instructions=f"Import in Python:\n\n{lines}\n")

    def Cancel(self, request: Any, context: grpc.ServicerContext) -> Any:  # noqa: ARG002, N802
        """Do nothing: the engine ends this process right after."""
        return empty_pb2.Empty()


def _plugin_command(request: Any) -> list[str]:
    """How a plugin is run: a policy pack by the SDK's own module, as the official host does."""
    folder, python = request.info.program_directory, [sys.executable, "-u", "-m"]
    if request.kind == ANALYZER:
        return [*python, "pulumi.policy", *request.args, folder]
    return [*python, "clover.lab.host.plugin", folder, *request.args]
