"""An alarm that sounds is heard by everybody who listens to its topic, and by nobody where it is muted."""

import json
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from queue import Empty, Queue
from threading import Thread
from typing import Any

import pytest

from tests.lab.cloud.conftest import REGION, Aws

Heard = Queue[tuple[str, Any]]


@pytest.fixture
def listening() -> Iterator[tuple[str, Heard]]:
    """The address of a server on this machine, and what is posted to it, by path."""
    heard: Heard = Queue()

    class Listener(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            heard.put((self.path, json.loads(body)))
            self.send_response(200)
            self.end_headers()

        def log_message(self, format: str, *args: Any) -> None:
            """Say nothing."""

    server = HTTPServer(("127.0.0.1", 0), Listener)
    Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}", heard
    server.shutdown()


def declare(aws: Aws, address: str, account: str) -> None:
    """A topic that two listen to, and an alarm that sounds there."""
    topic = aws("sns").create_topic(Name="clover-incidents")["TopicArn"]
    assert topic == f"arn:aws:sns:{REGION}:{account}:clover-incidents"
    for who in ("auditor", "authority"):
        aws("sns").subscribe(TopicArn=topic, Protocol="http", Endpoint=f"{address}/{who}")
    aws("cloudwatch").put_metric_alarm(
        AlarmName="clover-key-change",
        AlarmDescription="A key's policy or state was changed",
        Namespace="AWS/Events",
        MetricName="TriggeredRules",
        Dimensions=[{"Name": "RuleName", "Value": "clover-key-change"}],
        Statistic="Sum",
        Period=300,
        EvaluationPeriods=1,
        Threshold=1,
        ComparisonOperator="GreaterThanOrEqualToThreshold",
        AlarmActions=[topic],
        ActionsEnabled=True,
    )


def sound(aws: Aws, state: str = "ALARM") -> None:
    aws("cloudwatch").set_alarm_state(AlarmName="clover-key-change", StateValue=state, StateReason="noticed")


def test_the_auditor_and_the_authority_both_hear_it(aws: Aws, account: str, listening: tuple[str, Heard]) -> None:
    address, heard = listening
    declare(aws, address, account)
    sound(aws)
    told = dict(heard.get(timeout=10) for _ in range(2))
    assert set(told) == {"/auditor", "/authority"}
    for each in told.values():
        message = json.loads(each["Message"])
        assert (message["AlarmName"], message["NewStateValue"]) == ("clover-key-change", "ALARM")
        assert set(message) == {
            "AlarmName", "AlarmDescription", "AWSAccountId", "AlarmArn", "NewStateValue", "NewStateReason"
        }  # fmt: skip


@pytest.mark.parametrize("state", ["OK", "INSUFFICIENT_DATA"])
def test_what_is_in_order_tells_nobody(aws: Aws, account: str, listening: tuple[str, Heard], state: str) -> None:
    address, heard = listening
    declare(aws, address, account)
    sound(aws, state)
    with pytest.raises(Empty):
        heard.get(timeout=0.2)


def test_a_muted_alarm_tells_nobody(aws: Aws, account: str, listening: tuple[str, Heard]) -> None:
    address, heard = listening
    declare(aws, address, account)
    aws("cloudwatch").disable_alarm_actions(AlarmNames=["clover-key-change"])
    sound(aws)
    with pytest.raises(Empty):
        heard.get(timeout=0.2)
