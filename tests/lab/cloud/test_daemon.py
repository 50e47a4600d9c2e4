"""The daemon's life: start, being found, ends."""

import json
import os
import signal
import socket
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from clover.lab.cloud import client
from clover.lab.cloud.client import Cloud, CloudError, DeadCloud
from tests.lab.cloud.conftest import connect

ACCOUNT = "111122223333"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/clover/deployer"


def is_running(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def until(condition: Callable[[], bool], seconds: float = 20) -> bool:
    end = time.monotonic() + seconds
    while not condition() and time.monotonic() < end:
        time.sleep(0.02)
    return condition()


@pytest.fixture
def running(tmp_path: Path) -> Iterator[Cloud]:
    cloud = client.start(tmp_path)
    yield cloud
    cloud.stop()


def test_stop_leaves_no_process_and_no_ready_file(tmp_path: Path) -> None:
    cloud = client.start(tmp_path)
    assert is_running(cloud.pid)
    cloud.stop()
    assert not is_running(cloud.pid)
    assert not (tmp_path / "cloud.json").exists()
    assert client.find(tmp_path) is None
    with pytest.raises(DeadCloud, match=str(cloud.pid)):
        cloud.status()


def test_a_running_cloud_is_found_with_its_generation(running: Cloud) -> None:
    found = client.find(running.folder)
    assert found == running
    assert running.status()["generation"] == running.generation
    assert running.status()["pid"] == running.pid


def test_a_second_start_is_refused_and_names_the_running_process(running: Cloud) -> None:
    with pytest.raises(CloudError, match=f"served already, by the daemon with pid {running.pid}"):
        client.start(running.folder)
    assert client.find(running.folder) == running


def test_two_folders_have_two_clouds_that_know_nothing_of_each_other(running: Cloud, tmp_path: Path) -> None:
    other = client.start(tmp_path / "other")
    try:
        here, there = (connect(cloud, cloud.credentials(ACCOUNT, ROLE), "kms") for cloud in (running, other))
        here.create_key()
        assert (len(here.list_keys()["Keys"]), len(there.list_keys()["Keys"])) == (1, 0)
        assert running.port != other.port
        assert running.generation != other.generation
    finally:
        other.stop()
    assert running.status()["pid"] == running.pid


def test_a_killed_daemon_is_named_and_its_place_can_be_taken(tmp_path: Path) -> None:
    killed = client.start(tmp_path)
    os.kill(killed.pid, signal.SIGKILL)
    os.waitpid(killed.pid, 0)
    with pytest.raises(DeadCloud, match=rf"pid {killed.pid}.* is dead: its process is gone"):
        client.find(tmp_path)
    successor = client.start(tmp_path)
    assert successor.generation != killed.generation
    successor.stop()


def test_a_ready_file_is_discarded_only_when_its_daemon_is_dead(running: Cloud, tmp_path: Path) -> None:
    with pytest.raises(CloudError, match="still served"):
        client.discard(running.folder)
    (tmp_path / "dead").mkdir()
    (tmp_path / "dead" / "cloud.json").write_text("{}")
    client.discard(tmp_path / "dead")
    assert client.find(tmp_path / "dead") is None


def test_another_program_on_the_port_is_not_taken_for_the_cloud(running: Cloud, tmp_path: Path) -> None:
    stale = json.loads((running.folder / "cloud.json").read_text())
    folder = tmp_path / "stale"
    folder.mkdir()
    (folder / "cloud.json").write_text(json.dumps({**stale, "generation": "another"}))
    with pytest.raises(DeadCloud, match="is another program's"):
        client.find(folder)


def test_a_port_that_nobody_listens_on_is_no_cloud(running: Cloud, tmp_path: Path) -> None:
    ready = json.loads((running.folder / "cloud.json").read_text())
    with socket.create_server(("127.0.0.1", 0)) as server:
        free = server.getsockname()[1]
    (tmp_path / "stale").mkdir()
    (tmp_path / "stale" / "cloud.json").write_text(json.dumps({**ready, "port": free}))
    with pytest.raises(DeadCloud, match=f"port {free}"):
        client.find(tmp_path / "stale")


@pytest.mark.parametrize("text", ["", "{}", "[]", '{"pid": 1}', "\x00"])
def test_a_broken_ready_file_is_named(tmp_path: Path, text: str) -> None:
    (tmp_path / "cloud.json").write_text(text)
    with pytest.raises(DeadCloud, match=r"cloud\.json"):
        client.find(tmp_path)


def test_it_ends_on_sigterm_and_takes_its_ready_file_away(tmp_path: Path) -> None:
    cloud = client.start(tmp_path)
    os.kill(cloud.pid, signal.SIGTERM)
    os.waitpid(cloud.pid, 0)
    assert client.find(tmp_path) is None


def test_it_ends_when_nobody_calls_for_long(tmp_path: Path) -> None:
    cloud = client.start(tmp_path, idle_hours=0.0)
    assert until(lambda: client.find(tmp_path) is None)
    cloud.stop()


def test_it_ends_when_its_folder_goes_away(tmp_path: Path) -> None:
    cloud = client.start(tmp_path / "lab")
    for file in (tmp_path / "lab").iterdir():
        file.unlink()
    (tmp_path / "lab").rmdir()
    pid, _ = os.waitpid(cloud.pid, 0)
    assert pid == cloud.pid


def test_the_ready_file_is_for_its_owner_only(running: Cloud) -> None:
    assert (running.folder / "cloud.json").stat().st_mode & 0o077 == 0


def test_settings_of_the_user_do_not_reach_the_cloud(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MOTO_ACCOUNT_ID", "999999999999")
    monkeypatch.setenv("AWS_PROFILE", "there-is-none")
    cloud = client.start(tmp_path)
    monkeypatch.delenv("AWS_PROFILE")
    try:
        sts = connect(cloud, cloud.credentials(ACCOUNT, ROLE), "sts")
        assert sts.get_caller_identity()["Account"] == ACCOUNT
    finally:
        cloud.stop()


def test_a_folder_that_cannot_be_is_refused_in_one_line(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(CloudError, match=r"file cannot be a lab folder: \w+") as caught:
        client.start(tmp_path / "file")
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{", "faults.json: not JSON"),
        ("{}", "faults.json: faults must be a list"),
        ('[{"kind": "explode", "operation": "*"}]', "faults.json: fault 0: unknown kind 'explode'"),
    ],
)
def test_wrong_faults_in_the_folder_are_refused_in_one_line(tmp_path: Path, text: str, said: str) -> None:
    (tmp_path / "faults.json").write_text(text)
    with pytest.raises(CloudError, match=said) as caught:
        client.start(tmp_path)
    assert "\n" not in str(caught.value)
    assert client.find(tmp_path) is None
