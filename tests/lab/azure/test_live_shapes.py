"""What a live reading is told by is what the pinned SDKs say."""

from clover.lab.azure import live_shapes
from tests.lab.azure.test_properties import generator


def test_the_shapes_are_those_of_the_installed_sdks() -> None:
    generated = generator("from clover.lab.azure import live_shapes; print(live_shapes.text(), end='')")
    committed = live_shapes.SHAPES_FILE.read_text(encoding="utf-8")
    assert (generated.returncode, generated.stdout) == (0, committed), "run `python -m clover.lab.azure.live_shapes`"
