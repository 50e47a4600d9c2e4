"""What the engine says about names for things that the program leaves nameless."""

import hashlib
from dataclasses import dataclass

MODES = ("propose", "enforce", "disable")


@dataclass(frozen=True)
class Naming:
    """What the engine says about naming one resource. `mode` is the engine's word: propose, enforce or disable."""

    logical_name: str
    seed: bytes
    proposed: str = ""
    mode: str = "propose"

    def hexadecimal(self, length: int) -> str:
        """Return hexadecimal digits that follow from seed and logical name."""
        return hashlib.sha256(self.seed + self.logical_name.encode()).hexdigest()[:length]
