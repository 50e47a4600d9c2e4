"""Put the judge's report on its pull request: one sticky comment, and each site's verdicts as code scanning alerts.

`report.py FOLDER`, with REPOSITORY, HEAD_SHA, GITHUB_API_URL and GITHUB_TOKEN in the environment. The folder comes from
a run that a pull request may have forged: nothing of it is believed but text that passes `checked_comment` and
`checked_log`, and which pull request it belongs to is asked of GitHub. Standard library only.
"""

import base64
import gzip
import json
import os
import re
import sys
import urllib.error
import urllib.request
from pathlib import Path

MARK = "<!-- clover-diff -->"
LONGEST_COMMENT = 65_536
LONGEST_LOG = 10_000_000
MOST_SITES = 20
TAG = re.compile(r"</?(?:details|summary|code)>")
HARMFUL = re.compile(r"<|://|\]\(|\]\[|\]:|!\[|@\w|(?<!&)#\d|\bwww\.|```", re.IGNORECASE)
"""What could lead elsewhere or call somebody, outside of fences: tags, links, pictures, mentions, other fences."""
CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\u200e\u200f\u202a-\u202e\u2066-\u2069]")
FENCE = re.compile(r"(?<=\n\n)(`{3,})text\n(?:(?! {0,3}(?:\1|~~~)).*\n)*?\1\n")
"""A fence as Clover writes it: after an empty line, and with nothing in it that any reader takes for its end."""
SITE = re.compile(r"[a-z][a-z0-9-]{0,30}")


class RefusedError(ValueError):
    """Something in the report that a judge's report never holds."""


def checked_comment(data: bytes) -> str:
    """The comment; RefusedError unless it is one that Clover writes: marked, short, without links, tags or mentions."""
    text = data.decode("utf-8")
    if not text.startswith(f"{MARK}\n") or len(text) > LONGEST_COMMENT:
        raise RefusedError("the comment has no mark, or is too long")
    if CONTROL.search(text):
        raise RefusedError("the comment holds control characters")
    found = HARMFUL.search(TAG.sub("", FENCE.sub("\n", text.removeprefix(MARK)))) or re.search(
        r"^ {0,3}~~~", text, re.M
    )
    if found:
        raise RefusedError(f"the comment holds {found[0]!r} outside of a fence")
    return text


def checked_log(data: bytes) -> bytes:
    """The verdicts of one site; RefusedError unless they are SARIF of this tool alone."""
    if len(data) > LONGEST_LOG:
        raise RefusedError("the verdicts are too long")
    log = json.loads(data)
    names = [run["tool"]["driver"]["name"] for run in log["runs"]]
    if log.get("version") != "2.1.0" or names != ["clover"]:
        raise RefusedError("the verdicts are no SARIF of clover")
    return data


class Api:
    """GitHub's REST interface for one repository (https://docs.github.com/rest)."""

    def __init__(self, url: str, repository: str, token: str) -> None:
        """`url` and `repository` are those that the runner names."""
        self._base, self._token = f"{url}/repos/{repository}", token

    def call(self, method: str, path: str, body: object = None) -> object:
        """The answer to one call, as data."""
        data = None if body is None else json.dumps(body).encode()
        headers = {"Authorization": f"Bearer {self._token}", "Accept": "application/vnd.github+json"}
        request = urllib.request.Request(f"{self._base}/{path}", data, headers, method=method)  # noqa: S310
        with urllib.request.urlopen(request, timeout=30) as answer:  # noqa: S310 (the runner's own API)
            return json.loads(answer.read() or b"null")

    def pages(self, path: str) -> list[dict]:
        """Every entry of a list."""
        found, page = [], 1
        while entries := self.call("GET", f"{path}{'&' if '?' in path else '?'}per_page=100&page={page}"):
            found, page = [*found, *entries], page + 1
        return found


def pull_request(api: Api, head: str) -> int | None:
    """The open pull request whose head is this commit; None where it has moved on, or there is none."""
    found = [one["number"] for one in api.pages("pulls?state=open") if one["head"]["sha"] == head]
    return found[0] if len(found) == 1 else None


def put_comment(api: Api, number: int, text: str) -> None:
    """Write the comment, in place of the one that this workflow wrote before."""
    mine = [
        one["id"]
        for one in api.pages(f"issues/{number}/comments")
        if one["body"].startswith(MARK) and one["user"]["login"] == "github-actions[bot]"
    ]
    if mine:
        api.call("PATCH", f"issues/comments/{mine[0]}", {"body": text})
    else:
        api.call("POST", f"issues/{number}/comments", {"body": text})


def put_log(api: Api, number: int, head: str, log: bytes) -> None:
    """Hand verdicts to code scanning (https://docs.github.com/rest/code-scanning/code-scanning)."""
    packed = base64.b64encode(gzip.compress(log, mtime=0)).decode()
    api.call("POST", "code-scanning/sarifs", {"commit_sha": head, "ref": f"refs/pull/{number}/head", "sarif": packed})


def main(folder: Path) -> int:
    """Check everything, then put it; 1 with one line for what is refused."""
    head = os.environ["HEAD_SHA"]
    api = Api(os.environ["GITHUB_API_URL"], os.environ["REPOSITORY"], os.environ["GITHUB_TOKEN"])
    try:
        texts = [checked_comment(path.read_bytes()) for path in folder.glob("comment.md")]
        logs = [checked_log(path.read_bytes()) for path in sorted(folder.glob("*.sarif")) if SITE.fullmatch(path.stem)]
        if len(logs) > MOST_SITES:
            raise RefusedError(f"{len(logs)} sites are too many")
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        sys.stderr.write(f"report: refused: {error}\n")
        return 1
    number = pull_request(api, head)
    if number is None:
        sys.stderr.write("report: no open pull request has this head; nothing is written\n")
        return 0
    for text in texts:
        put_comment(api, number, text)
    for log in logs:
        put_log(api, number, head, log)
    return 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
