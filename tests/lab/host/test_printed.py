"""What a plugin prints reaches the engine line by line, each stream as itself."""

import subprocess
import sys
from types import SimpleNamespace
from typing import Any

from clover.lab.host.printed import printed
from clover.lab.host.servicer import LanguageHost

TALK = """
import sys
print("a warning", file=sys.stderr, flush=True)
print(4321, flush=True)
print("more", file=sys.stderr)
"""


def test_the_port_is_the_first_line_of_standard_output_whatever_is_warned_about_before() -> None:
    process = subprocess.Popen([sys.executable, "-c", TALK], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    told: list[Any] = list(printed(process))
    assert [each.stdout for each in told if each.WhichOneof("output") == "stdout"] == [b"4321\n"]
    assert [each.stderr for each in told if each.WhichOneof("output") == "stderr"] == [b"a warning\n", b"more\n"]
    assert process.wait() == 0


def test_a_policy_pack_is_run_by_the_sdk_with_the_engine_first(tmp_path: Any) -> None:
    (tmp_path / "__main__.py").write_text("import sys; print(sys.argv); raise SystemExit(3)", encoding="utf-8")
    request = SimpleNamespace(
        kind="analyzer",
        info=SimpleNamespace(program_directory=str(tmp_path)),
        args=["127.0.0.1:1"],
        env=[],
        pwd=str(tmp_path),
    )
    context = SimpleNamespace(add_callback=print)
    host: Any = LanguageHost("127.0.0.1:1")
    *told, ended = host.RunPlugin(request, context)
    assert str(tmp_path) in b"".join(each.stdout for each in told).decode()
    assert ended.exitcode == 3
