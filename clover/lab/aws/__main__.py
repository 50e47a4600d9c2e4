"""Start the plugin: `python -m clover.lab.aws [engine's flags…] ENGINE_ADDRESS`."""

from clover.lab.aws.servicer import AwsProvider
from clover.lab.provider import main

main.run(AwsProvider())
