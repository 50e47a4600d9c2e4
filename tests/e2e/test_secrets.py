"""No secret that goes in comes out: not in plan, state, backups, logs, events or the call log."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.e2e.checkout import Checkout

pytestmark = [pytest.mark.e2e, pytest.mark.xdist_group("recovery")]

CANARY = "canary-7f3a91"
"""Part of every secret that the test gives away."""

SECRET_VARIABLES = (
    "AWS_SECRET_ACCESS_KEY",
    "AWS_SESSION_TOKEN",
    "ARM_CLIENT_SECRET",
    "ARM_OIDC_TOKEN",
    "PULUMI_CONFIG_PASSPHRASE",
)


@pytest.fixture(params=["dublin", "hamar"])
def checkout(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Checkout]:
    made = Checkout(tmp_path, request.param)
    try:
        yield made
    finally:
        made.clover("lab", "stop")


def _leaks(checkout: Checkout, words: set[str]) -> list[tuple[str, str]]:
    """Every file of the checkout's lab that holds one of the words."""
    files = [path for path in (checkout.root / ".lab").rglob("*") if path.is_file() and "bin" not in path.parts]
    contents = ((path, path.read_bytes()) for path in files)
    return [(path.name, word) for path, content in contents for word in words if word.encode() in content]


def test_credentials_are_written_nowhere(checkout: Checkout) -> None:
    settings = {**checkout.lab_environment(), "ARM_CLIENT_SECRET": f"{CANARY}-client"}
    given = {settings[name] for name in SECRET_VARIABLES if len(settings.get(name, "")) >= len(CANARY)}
    assert given
    lab, stack = checkout.root / ".lab", ["-s", checkout.stack, "--non-interactive"]
    settings |= {"PULUMI_DEBUG_COMMANDS": "true", "TMPDIR": str(lab)}
    plan = checkout.run(["pulumi", "preview", *stack, "--json", "--show-sames"], settings).stdout
    (lab / "plan.json").write_text(plan, encoding="utf-8")
    events = ["--event-log", str(lab / "events.json")]
    said = checkout.run(["pulumi", "up", *stack, "--yes", "--skip-preview", "-v=9", *events], settings)
    assert (lab / "events.json").stat().st_size > 10_000
    (lab / "said").write_text(said.stdout + said.stderr, encoding="utf-8")
    assert _leaks(checkout, given) == []


def test_secret_configuration_is_refused_and_repeated_nowhere(checkout: Checkout) -> None:
    environment = checkout.lab_environment()
    stack = ["-s", checkout.stack, "--non-interactive"]
    checkout.run(["pulumi", "config", "set", "--secret", "clover:site", CANARY, *stack], environment)
    assert CANARY not in (checkout.root / f"Pulumi.{checkout.stack}.yaml").read_text(encoding="utf-8")
    raw = checkout.run(["pulumi", "up", "--yes", "--skip-preview", *stack], environment, check=False)
    lab = checkout.clover("lab", "up", checkout.stack, check=False)
    assert raw.returncode
    assert lab.returncode == 64
    assert "clover:site is a secret" in raw.stdout + raw.stderr
    assert f"Pulumi.{checkout.stack}.yaml:" in lab.stderr
    assert CANARY not in raw.stdout + raw.stderr + lab.stdout + lab.stderr
    assert _leaks(checkout, {CANARY}) == []
