"""Start the plugin: `python -m clover.lab.aws [engine's flags…] ENGINE_ADDRESS`."""

import grpc
from pulumi.runtime.proto import provider_pb2_grpc

from clover.lab import plugin_process
from clover.lab.aws.servicer import AwsProvider

#: The engine runs four operations per processor at once; each waits for the cloud most of the time.
THREADS = 32


def main() -> None:
    """Serve until the engine is gone."""
    provider = AwsProvider()

    def register(server: grpc.Server) -> None:
        provider_pb2_grpc.add_ResourceProviderServicer_to_server(provider, server)

    plugin_process.serve(register, threads=THREADS)


main()
