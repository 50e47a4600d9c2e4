"""What counts as the auditor's signature of a gateway or of its own stack, and what does not."""

import base64
import json
from datetime import date
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from clover.zones import attestation
from clover.zones.attestation import Attestations, AuditorStack, Gateway, UnsignedError, opened, opened_stack

KEY = Ed25519PrivateKey.generate()
PUBLIC = base64.b64encode(KEY.public_key().public_bytes_raw()).decode()
GATEWAY = Gateway(
    zone="europe",
    site="dublin",
    rule_set_digest="ab" * 32,
    attested_on=date(2026, 10, 1),
    valid_until=date(2027, 10, 1),
)
SIGNED = attestation.signed(GATEWAY, PUBLIC, KEY.sign)
STACK = AuditorStack(
    zone="europe",
    lab=False,
    attested_on=date(2026, 10, 1),
    valid_until=date(2027, 10, 1),
    resources=({"urn": "urn:pulumi:auditor::clover::pulumi:pulumi:Stack::clover-auditor"},),
)
SIGNED_STACK = attestation.signed(STACK, PUBLIC, KEY.sign)


def test_what_was_signed_is_read_again():
    assert opened(SIGNED, PUBLIC) == GATEWAY


def test_a_stack_that_was_signed_is_read_again():
    assert opened_stack(SIGNED_STACK, PUBLIC) == STACK


def test_no_signature_stands_for_one_of_another_kind():
    with pytest.raises(UnsignedError, match="another kind"):
        opened_stack(SIGNED, PUBLIC)
    with pytest.raises(UnsignedError, match="another kind"):
        opened(SIGNED_STACK, PUBLIC)
    renamed = {**json.loads(SIGNED), "payloadType": json.loads(SIGNED_STACK)["payloadType"]}
    with pytest.raises(UnsignedError, match="not of the auditor's key"):
        opened_stack(json.dumps(renamed).encode(), PUBLIC)


def test_another_key_did_not_sign_it():
    other = base64.b64encode(Ed25519PrivateKey.generate().public_key().public_bytes_raw()).decode()
    with pytest.raises(UnsignedError, match="not of the auditor's key"):
        opened(SIGNED, other)


@pytest.mark.parametrize("name", ["zone", "site", "rule_set_digest", "attested_on", "valid_until"])
def test_a_changed_member_is_unsigned(name: str):
    data = json.loads(SIGNED)
    payload = json.loads(base64.b64decode(data["payload"]))
    payload[name] = {"zone": "us", "site": "hamar", "rule_set_digest": "cd" * 32}.get(name, "2030-01-01")
    data["payload"] = base64.b64encode(json.dumps(payload, sort_keys=True, separators=(",", ":")).encode()).decode()
    with pytest.raises(UnsignedError, match="not of the auditor's key"):
        opened(json.dumps(data).encode(), PUBLIC)


def test_an_envelope_of_another_kind_is_no_attestation():
    data = {**json.loads(SIGNED), "payloadType": "application/vnd.in-toto+json"}
    with pytest.raises(UnsignedError, match="another kind"):
        opened(json.dumps(data).encode(), PUBLIC)


@given(st.binary(max_size=200) | st.text(max_size=200).map(str.encode))
def test_garbage_is_no_attestation(raw: bytes):
    for read in (opened, opened_stack):
        with pytest.raises(UnsignedError):
            read(raw, PUBLIC)


@given(st.integers(min_value=0, max_value=len(SIGNED) - 1), st.integers(min_value=1, max_value=255))
def test_a_flipped_byte_never_passes_for_something_else(index: int, by: int):
    spoiled = bytearray(SIGNED)
    spoiled[index] ^= by
    try:
        found = opened(bytes(spoiled), PUBLIC)
    except UnsignedError:
        return
    assert found == GATEWAY  # the byte was part of the key's name, which nobody relies on


def test_what_the_lab_signed_is_kept_beside_the_zones(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.delenv(attestation.OVERLAY_SETTING)
    file = attestation.overlay_file("europe", tmp_path)
    assert attestation.read_overlay(file) is None
    for signed in (Attestations(PUBLIC, {"dublin": SIGNED}), Attestations(PUBLIC, {"dublin": SIGNED}, SIGNED_STACK)):
        attestation.write_overlay(file, signed)
        assert attestation.read_overlay(file) == signed
