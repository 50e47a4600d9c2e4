"""Start the language host: `python -m clover.lab.host [engine's flags…] ENGINE_ADDRESS`."""

import sys

import grpc
from pulumi.runtime.proto import language_pb2_grpc

from clover.lab import plugin_process
from clover.lab.host.servicer import LanguageHost


def main() -> None:
    """Serve until the engine is gone."""
    host = LanguageHost(sys.argv[-1])

    def register(server: grpc.Server) -> None:
        language_pb2_grpc.add_LanguageRuntimeServicer_to_server(host, server)

    plugin_process.serve(register, threads=4)


main()
