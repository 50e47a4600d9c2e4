"""Run a provider as the engine starts one."""

import grpc
from pulumi.runtime.proto import provider_pb2_grpc

from clover.lab import plugin_process
from clover.lab.provider.servicer import Provider, ProviderService

#: The engine runs four operations per processor at once; each waits for the cloud most of the time.
THREADS = 32


def run(provider: Provider) -> None:
    """Serve until the engine is gone."""
    service = ProviderService(provider)

    def register(server: grpc.Server) -> None:
        provider_pb2_grpc.add_ResourceProviderServicer_to_server(service, server)

    plugin_process.serve(register, threads=THREADS)
