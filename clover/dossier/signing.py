"""Sign a payload: with a key in a file, in AWS KMS or in Azure Key Vault (securesystemslib's signers).

A signer is named as securesystemslib names it: `awskms:KEY`, `azurekms://VAULT.vault.azure.net/keys/NAME`, or else the
path of a PEM file. What talks to a cloud is imported when such a key is named.
"""

import base64
import re
from collections.abc import Callable, Mapping
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import Any, NamedTuple

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from clover.dossier.envelope import PAYLOAD_TYPE, Envelope, Signature, encoded
from clover.dossier.keys import PublicKey, as_pem, fingerprint, is_signature, read_public_key
from clover.errors import BadInput

_VAULT_KEY = re.compile(r"azurekms://([a-zA-Z0-9-]+)\.vault\.azure\.net/keys/([a-zA-Z0-9-]+)(?:/[0-9a-f]+)?")
_INSTALL = {"awskms": "clover[kms]", "azurekms": "clover[keyvault]"}


class Signer(NamedTuple):
    """A private key that signs bytes, with its public key."""

    public: PublicKey
    sign: Callable[[bytes], bytes]


def signer(name: str) -> Signer:
    """The signer of that name; BadInput where there is none, or what it needs is not installed."""
    scheme = name.partition(":")[0]
    if scheme in _CLOUDS:
        return _guarded(name, _in_cloud, name, scheme)
    return _in_file(Path(name))


def sign(payload: bytes, by: Signer) -> Envelope:
    """The envelope of a payload, with one signature; BadInput where that does not fit the signer's own public key."""
    text = encoded(PAYLOAD_TYPE, payload)
    signature = by.sign(text)
    if not is_signature(by.public, signature, text):
        raise BadInput(f"a signature that was made does not fit the public key {fingerprint(by.public)}")
    named = Signature(keyid=fingerprint(by.public), sig=base64.b64encode(signature).decode())
    return Envelope(payload_type=PAYLOAD_TYPE, payload=base64.b64encode(payload).decode(), signatures=(named,))


def _in_file(path: Path) -> Signer:
    try:
        private: Any = load_pem_private_key(path.read_bytes(), password=None)
        public = read_public_key(as_pem(private.public_key()))
    except (OSError, ValueError, TypeError, UnsupportedAlgorithm):
        raise BadInput(f"{path} holds no private key in PEM that can be read without a passphrase") from None
    library = _library()
    found = library.CryptoSigner(private, library.SSlibKey.from_crypto(private.public_key(), fingerprint(public)))
    return Signer(public, partial(_signature, found))


def _library() -> Any:
    """The library's signers; it has no types of its own for what it exports."""
    return import_module("securesystemslib.signer")


def _signature(by: Any, text: bytes) -> bytes:
    return bytes.fromhex(by.sign(text).signature)


def _in_cloud(name: str, scheme: str) -> Signer:
    """A signer of a cloud; the public key comes from there too."""
    uri, known = _CLOUDS[scheme](name)
    public = read_public_key(known.keyval["public"].encode())
    found = _library().Signer.from_priv_key_uri(uri, known)
    return Signer(public, partial(_guarded, name, partial(_signature, found)))


def _aws_key(name: str) -> tuple[str, Any]:
    return _library().AWSSigner.import_(name.partition(":")[2])


def _azure_key(name: str) -> tuple[str, Any]:
    found = _VAULT_KEY.fullmatch(name)
    if not found:
        raise BadInput(f"{name} is no key such as azurekms://VAULT.vault.azure.net/keys/NAME")
    return _library().AzureSigner.import_(*found.groups())


_CLOUDS: Mapping[str, Callable[[str], tuple[str, Any]]] = {"awskms": _aws_key, "azurekms": _azure_key}


def _guarded(name: str, made: Callable[..., Any], *arguments: Any) -> Any:
    """What is made; whatever a cloud or its library says against it is told in one line."""
    from securesystemslib.exceptions import UnsupportedLibraryError

    try:
        return made(*arguments)
    except BadInput:
        raise
    except UnsupportedLibraryError:
        needed = _INSTALL[name.partition(":")[0]]
        raise BadInput(f"{name}: what signs there is not installed: pip install '{needed}'") from None
    except Exception as error:  # noqa: BLE001 (clouds raise errors of libraries that may not be there)
        told = str(error).splitlines()[0][:300] if str(error) else type(error).__name__
        raise BadInput(f"{name}: cannot sign: {told}") from None
