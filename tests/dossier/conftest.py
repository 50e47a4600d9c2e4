"""Keys, and dossiers of Hamar in a chain of two, made once."""

import json
import shutil
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from clover.dossier.keys import as_pem
from tests.data import HAMAR_STATE, state
from tests.dossier.asking import report


class Keys:
    """Three key pairs as PEM files; `stranger` signs nothing."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        for name in ("operator", "auditor", "stranger"):
            key = Ed25519PrivateKey.generate()
            private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
            (folder / f"{name}.pem").write_bytes(private)
            (folder / f"{name}.pub").write_bytes(as_pem(key.public_key()))

    def public(self, name: str) -> str:
        return str(self.folder / f"{name}.pub")

    def private(self, name: str) -> str:
        return str(self.folder / f"{name}.pem")


@pytest.fixture(scope="session")
def keys(tmp_path_factory: pytest.TempPathFactory) -> Keys:
    return Keys(tmp_path_factory.mktemp("keys"))


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory, keys: Keys) -> Path:
    """A folder with `first`, `second` (signed by both, after `first`), `other` (another state) and `unsigned`."""
    folder = tmp_path_factory.mktemp("dossiers")
    both = {"CLOVER_OPERATOR_KEY": keys.private("operator"), "CLOVER_AUDITOR_KEY": keys.private("auditor")}
    report(HAMAR_STATE, folder / "first", "2026-10-10", both)
    report(HAMAR_STATE, folder / "second", "2026-11-01", both, "--diff", str(folder / "first"))
    changed = state("hamar")
    vault = next(one for one in changed["deployment"]["resources"] if one["type"] == "azure-native:keyvault:Vault")
    for part in ("inputs", "outputs"):
        vault[part]["properties"]["enablePurgeProtection"] = False
    spoiled = folder / "changed.json"
    spoiled.write_text(json.dumps(changed), encoding="utf-8")
    report(spoiled, folder / "other", "2026-11-01", both)
    report(HAMAR_STATE, folder / "unsigned", "2026-11-01", {})
    return folder


@pytest.fixture
def folder(made: Path, tmp_path: Path) -> Path:
    """A copy of all of them, to be spoiled."""
    copied = tmp_path / "dossiers"
    shutil.copytree(made, copied)
    return copied
