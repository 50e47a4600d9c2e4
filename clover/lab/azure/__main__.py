"""Start the plugin: `python -m clover.lab.azure [engine's flags…] ENGINE_ADDRESS`."""

from clover.lab.azure.servicer import AzureProvider
from clover.lab.provider import main

main.run(AzureProvider())
