"""What a person sees while something long runs."""

import io

from clover.lab.progress import Progress


class Clock:
    """A clock that moves when it is told."""

    now = 0.0

    def __call__(self) -> float:
        return self.now


def test_a_step_says_how_much_is_done_and_how_long_is_left() -> None:
    stream, clock = io.StringIO(), Clock()
    with Progress(stream, clock).step("build", 10) as step:
        for _ in range(4):
            clock.now += 6
            step.advance("package")
    lines = stream.getvalue().splitlines()
    assert lines[0] == "build: 0 of 10" or lines[0] == "build:"
    assert lines[-2] == "build: 4 of 10 (about 36 s left) package"
    assert lines[-1] == "build: done in 24 s"


def test_without_a_terminal_lines_come_sparingly() -> None:
    stream, clock = io.StringIO(), Clock()
    with Progress(stream, clock).step("build", 1000) as step:
        for _ in range(1000):
            clock.now += 0.01
            step.advance()
    assert len(stream.getvalue().splitlines()) <= 4


def test_an_expectation_that_was_passed_is_not_shown_as_a_total() -> None:
    stream, clock = io.StringIO(), Clock()
    with Progress(stream, clock).step("build", 1) as step:
        for _ in range(3):
            clock.now += 6
            step.advance()
    assert "3 of 3" in stream.getvalue()
    assert "left" not in stream.getvalue().splitlines()[-2]
