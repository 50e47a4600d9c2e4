"""No secret that goes in comes out: not in plan, state, backups, logs, events or the call log."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.e2e.checkout import Checkout
from tests.soak import soaked

pytestmark = [pytest.mark.e2e, pytest.mark.xdist_group("recovery")]

CANARY = "canary-7f3a91"
"""Part of every secret that the test gives away."""

PROGRAM = Path(__file__).with_name("secret_main.py")

CLOUDS_OWN_RECORD = "calls.jsonl"
"""What the cloud writes down of what it is told, as a trail does; it is told a policy in the clear."""

EVERYTHING = 9
"""The engine's most talkative level; there it writes every property that passes, secrets too (sdk/go/common/resource/
plugin/rpc.go), which SECURITY.md warns of."""

SECRET_VARIABLES = (
    "AWS_SECRET_ACCESS_KEY",
    "AWS_SESSION_TOKEN",
    "ARM_CLIENT_SECRET",
    "ARM_OIDC_TOKEN",
    "PULUMI_CONFIG_PASSPHRASE",
)


SECRET_KEYS = soaked(
    ["clover:kind", "clover:site", "clover:stores[0].name"],
    [
        *(f"clover:{name}" for name in ("kind", "zone", "site", "network", "stores", "unheard-of")),
        *(f"clover:stores[{index}].{name}" for index in (0, 4) for name in ("name", "class", "role", "minimum_tls")),
        *(f"clover:network.{name}" for name in ("cidr", "availability_zones[0]", "allowed_domains[0].name")),
        "aws:secretKey",
        "azure-native:clientSecret",
    ],
)
"""Where a configured value may be hidden as a secret."""


@pytest.fixture(params=["dublin", "hamar"])
def checkout(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Checkout]:
    made = Checkout(tmp_path, request.param)
    try:
        yield made
    finally:
        made.clover("lab", "stop")


@pytest.fixture
def dublin_alone(tmp_path: Path) -> Iterator[Checkout]:
    made = Checkout(tmp_path)
    try:
        yield made
    finally:
        made.clover("lab", "stop")


def _leaks(checkout: Checkout, words: set[str]) -> list[tuple[str, str]]:
    """Every file of the checkout's lab that holds one of the words."""
    files = [path for path in (checkout.root / ".lab").rglob("*") if path.is_file() and "bin" not in path.parts]
    contents = ((path, path.read_bytes()) for path in files)
    return [(path.name, word) for path, content in contents for word in words if word.encode() in content]


def _run_talkatively(checkout: Checkout, settings: dict[str, str], level: int) -> None:
    """Preview and `up` with every log and record that the engine can write, all kept in the lab's folder."""
    lab, stack = checkout.root / ".lab", ["-s", checkout.stack, "--non-interactive"]
    settings = settings | {"PULUMI_DEBUG_COMMANDS": "true", "TMPDIR": str(lab)}
    plan = checkout.run(["pulumi", "preview", *stack, "--json", "--show-sames"], settings).stdout
    (lab / "plan.json").write_text(plan, encoding="utf-8")
    events = ["--event-log", str(lab / "events.json")]
    said = checkout.run(
        ["pulumi", "up", *stack, "--yes", "--skip-preview", f"-v={level}", "--logflow", *events], settings
    )
    assert (lab / "events.json").stat().st_size > 10_000
    (lab / "said").write_text(said.stdout + said.stderr, encoding="utf-8")


def test_credentials_are_written_nowhere(checkout: Checkout) -> None:
    settings = {**checkout.lab_environment(), "ARM_CLIENT_SECRET": f"{CANARY}-client"}
    given = {settings[name] for name in SECRET_VARIABLES if len(settings.get(name, "")) >= len(CANARY)}
    assert given
    _run_talkatively(checkout, settings, EVERYTHING)
    assert _leaks(checkout, given) == []


def test_secret_configuration_is_refused_and_repeated_nowhere(checkout: Checkout) -> None:
    environment = checkout.lab_environment()
    stack, file = ["-s", checkout.stack, "--non-interactive"], checkout.root / f"Pulumi.{checkout.stack}.yaml"
    plain = file.read_text(encoding="utf-8")
    for key in SECRET_KEYS:
        checkout.run(["pulumi", "config", "set", "--secret", "--path", key, CANARY, *stack], environment)
        assert CANARY not in file.read_text(encoding="utf-8")
        raw = checkout.run(["pulumi", "up", "--yes", "--skip-preview", *stack], environment, check=False)
        lab = checkout.clover("lab", "up", checkout.stack, check=False)
        assert raw.returncode, key
        assert lab.returncode == 64, key
        assert key.partition("[")[0].partition(".")[0] in lab.stderr
        assert f"Pulumi.{checkout.stack}.yaml:" in lab.stderr
        assert CANARY not in raw.stdout + raw.stderr + lab.stdout + lab.stderr
        file.write_text(plain, encoding="utf-8")
    assert _leaks(checkout, {CANARY}) == []


def test_secret_inputs_of_a_component_stay_secret_wherever_they_end_up(dublin_alone: Checkout) -> None:
    checkout = dublin_alone
    parts = {"key": f"key/{CANARY}-key", "endpoint": f"vpce-{CANARY}", "trail": f"trail/{CANARY}-trail"}
    secrets = {**parts, "export": f"{CANARY}-export"}
    (checkout.root / "secrets.json").write_text(json.dumps(secrets), encoding="utf-8")
    settings = checkout.lab_environment()
    (checkout.root / "infra" / "__main__.py").write_bytes(PROGRAM.read_bytes())
    _run_talkatively(checkout, settings, EVERYTHING - 1)
    shown = checkout.pulumi("stack", "export", "-s", "dublin", "--show-secrets").stdout
    assert all(secret in shown for secret in secrets.values()), "the secrets did not arrive"
    assert {name for name, _ in _leaks(checkout, set(secrets.values()))} == {CLOUDS_OWN_RECORD}
