"""What the dossier was made with, as a CycloneDX bill of materials (https://cyclonedx.org/docs/1.6/json/)."""

from importlib.metadata import PackageNotFoundError, version
from typing import Any

from clover import __version__

PARTS = ("cffi", "cryptography", "jinja2", "markupsafe", "msgspec", "pycparser", "pyyaml", "securesystemslib")
"""Everything that runs when a dossier is made: the prover's two dependencies and those of the extra `report`."""


def sbom() -> dict[str, Any]:
    """The tool and the libraries it runs on, with the versions in use; one that is not installed is left out."""
    return {
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "version": 1,
        "metadata": {"component": _component("clover", __version__, "application")},
        "components": [_component(name, found, "library") for name in PARTS if (found := _version(name))],
    }


def _version(name: str) -> str | None:
    try:
        return version(name)
    except PackageNotFoundError:
        return None


def _component(name: str, found: str, kind: str) -> dict[str, str]:
    reference = f"pkg:pypi/{name}@{found}"
    return {"type": kind, "bom-ref": reference, "name": name, "version": found, "purl": reference}
