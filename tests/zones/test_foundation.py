"""The foundation's documents: read from their folder only, and only as they were attested."""

import hashlib
import os
from pathlib import Path

import pytest

from clover.errors import BadInput
from clover.zones.attestation import STACK_LIMIT, Attestations
from tests.zones import PROJECT
from tests.zones.conftest import Project


def spoil(project: Project, document: str, content: bytes) -> None:
    (project.folder / "zones" / "europe" / document).write_bytes(content)


def attest(project: Project, document: str) -> None:
    """Put the digest of what `document` holds into the zone file."""
    folder = PROJECT / "zones" / "europe"
    old, new = ((where / document).read_bytes() for where in (folder, project.folder / "zones" / "europe"))
    project.replace("zones/europe.yaml", hashlib.sha256(old).hexdigest(), hashlib.sha256(new).hexdigest())


def refusal(project: Project) -> str:
    with pytest.raises(BadInput) as refused:
        project.zone()
    return str(refused.value)


def line_of(project: Project, text: str) -> int:
    before, _, _ = project.zone_file.read_text(encoding="utf-8").partition(text)
    return before.count("\n") + 1


def test_one_changed_byte_is_not_what_was_attested(project: Project) -> None:
    path = project.folder / "zones/europe/foundation/scp-dublin.json"
    content = path.read_bytes()
    attested = hashlib.sha256(content).hexdigest()
    spoil(project, "foundation/scp-dublin.json", content + b" ")
    line = line_of(project, f"sha256: {attested}")
    actual = hashlib.sha256(content + b" ").hexdigest()
    assert refusal(project) == (
        f"zones/europe.yaml:{line}:5: document 'foundation/scp-dublin.json' has the sha256 {actual}: "
        "it is not what was attested"
    )


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "is not JSON"),
        (b"\xff", "is not JSON"),
        (b"[]", "is not a JSON object"),
        (b"{}", "is not a policy with Version and a list of Statement"),
        (b'{"Version": "2012-10-17", "Statement": {}}', "is not a policy with Version and a list of Statement"),
        (b'{"Version": "1", "Version": "2", "Statement": []}', "has a key that stands twice"),
        (b"[" * 50_000, "is not JSON"),
        (b" " * 70_000, "is larger than 64 KiB"),
    ],
)
def test_a_document_that_is_no_policy_is_refused_even_when_attested(
    project: Project, content: bytes, words: str
) -> None:
    spoil(project, "foundation/scp-dublin.json", content)
    attest(project, "foundation/scp-dublin.json")
    line = line_of(project, "document: foundation/scp-dublin.json")
    assert refusal(project) == f"zones/europe.yaml:{line}:5: document 'foundation/scp-dublin.json' {words}"


def test_a_link_out_of_the_folder_is_refused(project: Project, tmp_path: Path) -> None:
    path = project.folder / "zones/europe/foundation/scp-dublin.json"
    outside = tmp_path / "outside.json"
    path.rename(outside)
    path.symlink_to(outside)
    assert refusal(project).endswith("document 'foundation/scp-dublin.json' lies outside the zone's folder")


def test_a_pipe_is_not_waited_for(project: Project) -> None:
    path = project.folder / "zones/europe/foundation/scp-dublin.json"
    path.unlink()
    os.mkfifo(path)
    assert refusal(project).endswith("document 'foundation/scp-dublin.json' is not a file in the zone's folder")


KEY = "A" * 43 + "="


def sign(project: Project, content: bytes | None, key: str = f"gateway_key: {KEY}\n  ") -> None:
    """Have the zone name a document as the auditor's signed stack."""
    if content is not None:
        spoil(project, "auditor.dsse.json", content)
    project.replace("zones/europe.yaml", "  vaults: #", f"  {key}signed_stack: auditor.dsse.json\n  vaults: #")


def test_the_auditor_s_signed_stack_is_read_with_the_key(project: Project) -> None:
    content = b"x" * 70_000
    sign(project, content)
    assert project.zone().attestations == Attestations(KEY, {}, content)


@pytest.mark.parametrize(
    ("content", "words"),
    [(None, "is not a file in the zone's folder"), (b"x" * (STACK_LIMIT + 1), "is larger than 8192 KiB")],
)
def test_a_signed_stack_that_cannot_be_read_is_refused(project: Project, content: bytes | None, words: str) -> None:
    sign(project, content)
    line = line_of(project, "signed_stack:")
    assert refusal(project) == f"zones/europe.yaml:{line}:3: document 'auditor.dsse.json' {words}"


def test_a_signed_stack_without_a_key_is_refused(project: Project) -> None:
    sign(project, b"{}", key="")
    line = line_of(project, "signed_stack:")
    assert refusal(project) == f"zones/europe.yaml:{line}:3: a signed stack needs the auditor's gateway_key"


def test_the_digest_binds_file_and_documents(project: Project) -> None:
    before = project.zone()
    assert before.digest == hashlib.sha256(project.zone_file.read_bytes()).hexdigest()
    path = project.folder / "zones/europe/foundation/attestation.json"
    path.write_bytes(path.read_bytes() + b"\n")
    text = project.zone_file.read_text(encoding="utf-8")
    old = hashlib.sha256(path.read_bytes()[:-1]).hexdigest()
    project.zone_file.write_text(text.replace(old, hashlib.sha256(path.read_bytes()).hexdigest()), encoding="utf-8")
    after = project.zone()
    assert after.documents == before.documents
    assert after.digest != before.digest
