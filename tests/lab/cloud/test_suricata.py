"""Which rules strings are taken."""

import pytest

from clover.lab.cloud.answers import Refusal
from clover.lab.cloud.extensions.networkfirewall.suricata import rules_in

RULE = 'pass tls $HOME_NET any -> $EXTERNAL_NET 443 (tls.sni; content:"a;b\\"c"; sid:1;)'


@pytest.mark.parametrize(
    "rule",
    [
        RULE,
        "drop ip any any <> any any (sid:2;)",
        'alert tcp [10.0.0.0/8,!10.1.0.0/16] [80,443] -> any any (msg:"x"; flow:to_server; sid: 3 ; rev:1;)',
        'reject http any any -> any any (http.host; content:".example.com"; endswith; sid:4;)',
    ],
)
def test_plain_rules_are_taken(rule: str) -> None:
    assert rules_in(f"# a comment\n\n{rule}\n") == [rule]


def test_a_backslash_continues_a_rule() -> None:
    assert len(rules_in("drop ip any any -> any any \\\n(sid:1;)")) == 1


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "holds no rule"),
        ("# only a comment", "holds no rule"),
        ("deny ip any any -> any any (sid:1;)", "Illegal rule syntax"),
        ("drop ip any any any any (sid:1;)", "Illegal rule syntax"),
        ("drop ip any any -> any any", "Illegal rule syntax"),
        ("drop ip any any -> any any (sid:1)", "must be quoted and end"),
        ('drop ip any any -> any any (msg:"x; sid:1;)', "must be quoted and end"),
        ('drop ip any any -> any any (msg:"sid:1;";)', "a sid is required"),
        ("drop ip any any -> any any (sid:1;)\npass ip any any -> any any (sid:1;)", "duplicate sid 1"),
        (f'drop ip any any -> any any (msg:"{"x" * 8192}"; sid:1;)', "longer than 8192"),
        ("drop ip any any -> any any (sid:1;)\n" + "#" * 2_000_000, "larger than 2000000 bytes"),
        ("Calling __str__ on an Output[T] is not supported.", "Illegal rule syntax"),
    ],
)
def test_what_is_no_rule_is_refused(text: str, reason: str) -> None:
    with pytest.raises(Refusal, match=reason):
        rules_in(text)
