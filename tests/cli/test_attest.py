"""`clover attest` as the auditor calls it: the document opens with the key that it names, or one line says why not."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from clover.cli import main
from clover.zones.attestation import opened_stack
from tests.cli.test_prove import Captured, refused, saved
from tests.data import file_of, first_preview, state

KEY = "CLOVER_AUDITOR_KEY"
TODAY = datetime.now(UTC).date()
UNTIL = str(TODAY + timedelta(days=30))
YESTERDAY = str(TODAY - timedelta(days=1))
AUDITORS = str(file_of("auditor"))


def pem(file: Path, key: Any) -> str:
    file.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    return str(file)


@pytest.fixture
def key(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(KEY, pem(tmp_path / "auditor.pem", Ed25519PrivateKey.generate()))


@pytest.mark.usefixtures("key")
def test_what_is_signed_opens_with_the_key_that_is_named(tmp_path: Path, capsys: Captured) -> None:
    out, begun = tmp_path / "auditor.dsse.json", datetime.now(UTC).date()
    assert main(["attest", AUDITORS, "--until", UNTIL, "--out", str(out)]) == 0
    told = capsys.readouterr().out
    assert told.startswith(f"{out}: the auditor's stack of zone europe, signed until {UNTIL} by the key ")
    stack = opened_stack(out.read_bytes(), told.split()[-1])
    assert (stack.zone, str(stack.valid_until)) == ("europe", UNTIL)
    assert begun <= stack.attested_on <= datetime.now(UTC).date()
    assert len(stack.resources) == len(state("auditor")["deployment"]["resources"])


@pytest.mark.usefixtures("key")
@pytest.mark.parametrize(
    ("file", "until", "told"),
    [
        (str(file_of("dublin2")), UNTIL, "holds stack dublin2, which is no auditor's"),
        ("no-such.json", UNTIL, "no-such.json: cannot be read"),
        (AUDITORS, "soon", "--until 'soon' is not a day"),
        (AUDITORS, YESTERDAY, f"--until {YESTERDAY} has gone by"),
    ],
)
def test_nothing_else_is_signed(file: str, until: str, told: str, tmp_path: Path, capsys: Captured) -> None:
    out = tmp_path / "auditor.dsse.json"
    refused(["attest", file, "--until", until, "--out", str(out)], told, capsys)
    assert not out.exists()


@pytest.mark.usefixtures("key")
def test_a_plan_is_not_signed(tmp_path: Path, capsys: Captured) -> None:
    plan = saved(tmp_path, first_preview("auditor"))
    refused(["attest", plan, "--until", UNTIL, "--out", str(tmp_path / "out")], "is no stack export", capsys)


@pytest.mark.usefixtures("key")
def test_a_document_that_cannot_be_written_is_told(tmp_path: Path, capsys: Captured) -> None:
    refused(["attest", AUDITORS, "--until", UNTIL, "--out", str(tmp_path)], "cannot be written", capsys)


def test_nobody_signs_without_a_key_of_the_right_kind(
    tmp_path: Path, capsys: Captured, monkeypatch: pytest.MonkeyPatch
) -> None:
    words = ["attest", AUDITORS, "--until", UNTIL, "--out", str(tmp_path / "out")]
    monkeypatch.delenv(KEY, raising=False)
    refused(words, "CLOVER_AUDITOR_KEY names no key", capsys)
    monkeypatch.setenv(KEY, pem(tmp_path / "other.pem", generate_private_key(SECP256R1())))
    refused(words, "CLOVER_AUDITOR_KEY names no Ed25519 key", capsys)
    monkeypatch.setenv(KEY, str(tmp_path / "none.pem"))
    refused(words, "holds no private key", capsys)
