"""`clover lab`, as far as a wrong line is refused before anything is started."""

import pytest

from clover.cli import main
from clover.lab import prepare


def started(*_: object) -> None:
    raise AssertionError("the lab was started")


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ([], "VERB"),
        (["up"], "STACK"),
        (["up", "dubln"], "did you mean 'dublin'?"),
        (["up", "dublin", "--fault", "x"], "is not JSON"),
        (["up", "dublin", "--fault", "[" * 100_000], "is not JSON"),
        (["up", "dublin", "--fault", "[]"], "is not a JSON object"),
        (["up", "dublin", "--fault", '{"kind": "burn"}'], "unknown kind 'burn'"),
        (
            ["preview", "dublin", "--fault", '{"kind": "throttle", "operation": "*"}'],
            "takes exactly kind, operation, share",
        ),
    ],
)
def test_bad_input_is_one_line_and_64(
    words: list[str], told: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(prepare, "prepare", started)
    assert main(["lab", *words]) == 64
    written = capsys.readouterr()
    assert told in written.err
    assert (written.out, written.err.count("\n")) == ("", 1)
