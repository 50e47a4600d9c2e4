"""What the SDK wraps is taken out of its wrappers as it came; the pack knows the SDK and the prover, no cloud."""

import ast
import sys
from importlib import import_module
from typing import Any

import pytest
from pulumi_policy.deserialize import deserialize_properties
from pulumi_policy.proxy import unknown_checking_proxy

from clover.sources.values import ASSET, SECRET, SENTINELS, SIGNATURE, Secret, Unknown, decode
from tests.policy.engine import PACK, sibling_modules

OPEN = min(SENTINELS)
SENT = {
    "text": "a",
    "days": 400.0,
    "share": 0.5,
    "flag": True,
    "nothing": None,
    "open": OPEN,
    "list": [1.0, {"open": OPEN}],
    "hidden": {SIGNATURE: SECRET, "value": "canary"},
    "file": {SIGNATURE: ASSET, "path": "a.zip"},
}


@pytest.mark.parametrize("keeps_secrets", [True, False])
def test_properties_come_out_as_they_were_sent(keeps_secrets: bool) -> None:
    with sibling_modules():
        plain: Any = import_module("shown").plain
    found = decode(plain(unknown_checking_proxy(deserialize_properties(SENT, keeps_secrets))), "media")
    assert (found["text"], found["days"], found["share"], found["flag"]) == ("a", 400, 0.5, True)
    assert found["nothing"] is None
    assert isinstance(found["days"], int)
    assert isinstance(found["open"], Unknown)
    assert (found["list"][0], isinstance(found["list"][1]["open"], Unknown)) == (1, True)
    assert isinstance(found["file"], Unknown)
    assert isinstance(found["hidden"], Secret) is keeps_secrets


def test_the_pack_imports_nothing_but_the_sdk_and_the_prover() -> None:
    own = {file.stem for file in PACK.glob("*.py")}
    for file in PACK.glob("*.py"):
        tree = ast.parse(file.read_text(encoding="utf-8"))
        named = {
            (node.module if isinstance(node, ast.ImportFrom) else alias.name) or ""
            for node in ast.walk(tree)
            if isinstance(node, ast.Import | ast.ImportFrom)
            for alias in node.names
        }
        rooms = {name.partition(".")[0] for name in named}
        assert rooms <= {"clover", "google", "grpc", "pulumi", "pulumi_policy"} | own | sys.stdlib_module_names, (
            file.name
        )
