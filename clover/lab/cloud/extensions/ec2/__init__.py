"""EC2: endpoints, flow logs, and the dependencies between networks' parts."""

from clover.lab.cloud.extensions.ec2 import dependencies, doors, endpoints, flow_logs

OPERATIONS = {**doors.OPERATIONS, **endpoints.OPERATIONS, **flow_logs.OPERATIONS}
CHECKS = dependencies.CHECKS
AFTERWARDS = dependencies.AFTERWARDS
