"""Plans and states name files of the project, never of the machine."""

import sys
from pathlib import Path
from typing import Any

from pulumi.runtime.proto import resource_pb2, source_pb2

from clover.lab.host.positions import ProjectPositions


def _request(*paths: Path) -> Any:
    frames = [source_pb2.StackFrame(pc=source_pb2.SourcePosition(uri=path.as_uri(), line=7)) for path in paths]
    request: Any = resource_pb2.RegisterResourceRequest(stackTrace=source_pb2.StackTrace(frames=frames))
    if frames:
        request.sourcePosition.CopyFrom(frames[0].pc)
    return request


def test_frames_outside_the_project_are_dropped_and_the_position_is_the_first_inside(tmp_path: Path) -> None:
    interpreter = Path(sys.prefix) / "lib" / "threading.py"
    request = _request(
        interpreter, tmp_path / "components" / "key.py", tmp_path / "infra" / "site.py", Path("/usr/x.py")
    )
    ProjectPositions(tmp_path).trim(request)
    assert request.sourcePosition.uri.endswith("/components/key.py")
    assert not request.HasField("stackTrace")


def test_the_environment_inside_the_project_is_no_part_of_it() -> None:
    root = Path(sys.prefix).parent
    request = _request(Path(sys.prefix) / "lib" / "site-packages" / "pulumi" / "resource.py")
    ProjectPositions(root).trim(request)
    assert not request.HasField("stackTrace")
    assert not request.HasField("sourcePosition")


def test_a_request_without_frames_stays_without_position(tmp_path: Path) -> None:
    request = _request()
    ProjectPositions(tmp_path).trim(request)
    assert not request.HasField("sourcePosition")
