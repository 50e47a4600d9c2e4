"""Keys in files, in AWS KMS and in Azure Key Vault sign the same envelopes, and both checkers accept them."""

from functools import partial
from hashlib import sha256
from pathlib import Path
from typing import Any, cast

import boto3
import pytest
from azure.core.credentials import AccessToken, AccessTokenInfo
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.ed448 import Ed448PrivateKey
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.utils import Prehashed
from cryptography.hazmat.primitives.hashes import SHA256, SHA384, HashAlgorithm
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from moto import mock_aws
from moto.kms.models import kms_backends
from requests import PreparedRequest, Response
from requests.adapters import HTTPAdapter

from clover.cli import main
from clover.dossier.envelope import signed_by
from clover.dossier.keys import as_pem, fingerprint, public_key, read_public_key
from clover.dossier.layout import DECLARATION, KEYS
from clover.dossier.signing import sign, signer
from clover.errors import BadInput
from tests.data import HAMAR_STATE, file_of
from tests.dossier.asking import independent, report
from tests.dossier.vault_server import Vault
from tests.zones import own_evidence

PRIVATE: dict[str, Any] = {
    "Ed25519": Ed25519PrivateKey.generate,
    "P-256": lambda: ec.generate_private_key(ec.SECP256R1()),
    "P-384": lambda: ec.generate_private_key(ec.SECP384R1()),
    "RSA": lambda: rsa.generate_private_key(65537, 3072),
}


def _in_file(folder: Path, key: Any) -> Path:
    path = folder / "key.pem"
    path.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    return path


def _made(out: Path, settings: dict[str, str]) -> int:
    """A dossier of a site that keeps its records itself, of which nothing is open where it is read alone."""
    return report(file_of(own_evidence.ON_AZURE), out, "2026-11-01", settings, "--zone", str(own_evidence.file()))


def _accepted(folder: Path, made: Path) -> None:
    """Both checkers accept the dossier by the key that came with it, and by no other."""
    given = folder / "given.pub"
    given.write_bytes((made / KEYS[DECLARATION]).read_bytes())
    assert main(["verify", str(made), "--key", str(given)]) == 0
    assert independent(made, str(given)) == 0
    other = folder / "other.pub"
    other.write_bytes(as_pem(Ed25519PrivateKey.generate().public_key()))
    assert main(["verify", str(made), "--key", str(other)]) == 1
    assert independent(made, str(other)) == 1


@pytest.mark.parametrize("kind", PRIVATE)
def test_a_key_in_a_file_signs(tmp_path: Path, kind: str) -> None:
    key = _in_file(tmp_path, PRIVATE[kind]())
    assert _made(tmp_path / "made", {"CLOVER_OPERATOR_KEY": str(key)}) == 0
    _accepted(tmp_path, tmp_path / "made")


@pytest.mark.parametrize("kind", PRIVATE)
def test_a_signature_is_of_one_payload_and_one_key(tmp_path: Path, kind: str) -> None:
    by = signer(str(_in_file(tmp_path, PRIVATE[kind]())))
    one, other = sign(b"one", by), sign(b"two", by)
    assert signed_by(one, by.public)
    mixed = type(one)(one.payload_type, one.payload, other.signatures)
    assert not signed_by(mixed, by.public)
    assert not signed_by(one, read_public_key(as_pem(PRIVATE[kind]().public_key())))


DIGESTS = {"ECC_NIST_P256": SHA256(), "ECC_NIST_P384": SHA384(), "RSA_3072": SHA256()}


def _kms() -> Any:
    made: Any = boto3.client("kms")  # pyright: ignore[reportUnknownMemberType, reportUnknownVariableType]
    return cast("Any", made)


def _signed(key: Any, how: tuple[Any, ...], message: bytes, _algorithm: str) -> bytes:
    return key.sign(message, *how)


def _of_digests(key: str, digest: HashAlgorithm) -> None:
    """Let moto's key sign a digest as KMS does; moto 5.2.5 takes MessageType=DIGEST for a message, and says so."""
    backends: Any = kms_backends
    held = backends["123456789012"]["eu-west-1"].keys[key].private_key
    prehashed = Prehashed(digest)
    if isinstance(held.private_key, rsa.RSAPrivateKey):
        how: tuple[Any, ...] = (padding.PSS(padding.MGF1(digest), padding.PSS.MAX_LENGTH), prehashed)
    else:
        how = (ec.ECDSA(prehashed),)
    held.sign = partial(_signed, held.private_key, how)


@pytest.mark.parametrize("kind", DIGESTS)
def test_a_key_in_kms_signs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str) -> None:
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-west-1")
    with mock_aws():
        client = _kms()
        key = client.create_key(KeyUsage="SIGN_VERIFY", KeySpec=kind)["KeyMetadata"]["KeyId"]
        _of_digests(key, DIGESTS[kind])
        code = _made(tmp_path / "made", {"CLOVER_AUDITOR_KEY": f"awskms:{key}"})
        public = client.get_public_key(KeyId=key)["PublicKey"]
    assert code == 0
    beside = tmp_path / "made" / "evidence" / "auditor.pub.pem"
    given = tmp_path / "given.pub"
    given.write_bytes(beside.read_bytes())
    assert fingerprint(public_key(given)) == sha256(public).hexdigest()
    assert main(["verify", str(tmp_path / "made"), "--key", str(given)]) == 0
    assert independent(tmp_path / "made", str(given)) == 0


def test_a_signature_that_does_not_fit_its_key_is_never_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Such are those of moto: it takes the digest of the digest."""
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-west-1")
    with mock_aws():
        client = _kms()
        key = client.create_key(KeyUsage="SIGN_VERIFY", KeySpec="ECC_NIST_P256")["KeyMetadata"]["KeyId"]
        assert report(HAMAR_STATE, tmp_path / "made", "2026-11-01", {"CLOVER_AUDITOR_KEY": f"awskms:{key}"}) == 64
    assert "does not fit the public key" in capsys.readouterr().err
    assert not (tmp_path / "made").exists()


@pytest.mark.parametrize("curve", ["P-256", "P-384"])
def test_a_key_in_a_vault_signs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, curve: str) -> None:
    pytest.importorskip("azure.keyvault.keys", reason="azure-keyvault-keys is not installed")
    identity: Any = pytest.importorskip("azure.identity", reason="azure-identity is not installed")
    vault = Vault(curve)

    def sent(_adapter: HTTPAdapter, request: PreparedRequest, **_options: Any) -> Response:
        return vault.answer(request)

    def token(*_scopes: Any, **_options: Any) -> AccessToken:
        return AccessToken("x", 2**40)

    def token_info(*_scopes: Any, **_options: Any) -> AccessTokenInfo:
        return AccessTokenInfo("x", 2**40)

    monkeypatch.setattr(HTTPAdapter, "send", sent)
    monkeypatch.setattr(identity.DefaultAzureCredential, "get_token", token)
    monkeypatch.setattr(identity.DefaultAzureCredential, "get_token_info", token_info)
    named = "azurekms://sample.vault.azure.net/keys/evidence"
    assert _made(tmp_path / "made", {"CLOVER_OPERATOR_KEY": named}) == 0
    assert any(call.endswith("/sign") for call in vault.calls)
    assert (tmp_path / "made" / KEYS[DECLARATION]).read_bytes() == as_pem(vault.private.public_key())
    _accepted(tmp_path, tmp_path / "made")


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("nowhere.pem", "holds no private key"),
        ("awskms:alias/nowhere", "cannot sign"),
        ("azurekms://elsewhere.example.org/keys/evidence", "no key such as"),
    ],
)
def test_a_key_that_is_not_there_is_bad_input(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], name: str, says: str
) -> None:
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-west-1")
    with mock_aws():
        assert report(HAMAR_STATE, tmp_path / "made", "2026-11-01", {"CLOVER_OPERATOR_KEY": name}) == 64
    told = capsys.readouterr().err
    assert says in told
    assert len(told.splitlines()) == 1
    assert not (tmp_path / "made").exists()


def test_what_signs_in_a_vault_is_named_where_it_is_not_installed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("securesystemslib.signer._azure_signer.AZURE_IMPORT_ERROR", "not there")
    named = "azurekms://sample.vault.azure.net/keys/evidence"
    assert report(HAMAR_STATE, tmp_path / "made", "2026-11-01", {"CLOVER_OPERATOR_KEY": named}) == 64
    assert "pip install 'clover[keyvault]'" in capsys.readouterr().err


def test_weak_and_unknown_keys_are_refused(tmp_path: Path) -> None:
    weak = rsa.generate_private_key(65537, 1024)  # noqa: S505 (the point of it)
    for private in (weak, Ed448PrivateKey.generate()):
        with pytest.raises(BadInput):
            signer(str(_in_file(tmp_path, private)))
        with pytest.raises(ValueError, match="no Ed25519, ECDSA or RSA key"):
            read_public_key(as_pem(private.public_key()))  # pyright: ignore[reportArgumentType] (the wrong kind)
