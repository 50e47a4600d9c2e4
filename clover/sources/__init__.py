"""What the prover reads: previews and stack exports, as one world of typed resources.

Formats: `pulumi preview --json --show-sames` (display.PreviewDigest) and `pulumi stack export` (apitype, version 3).
"""

from clover.sources.resource import Resource
from clover.sources.values import Secret, Unknown
from clover.sources.world import Subject, World, read_world

__all__ = ["Resource", "Secret", "Subject", "Unknown", "World", "read_world"]
"""The public names."""
