"""A site that is up and its auditor's shell: what an audit says there, and what is tried of user data."""

import http.client
import json
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import cached_property
from typing import Any
from urllib.parse import urlsplit

from clover.lab.cloud.client import Cloud, find
from tests.e2e.checkout import Checkout
from tests.lab.arm.asking import Azure, refused

WITHOUT_THE_LIST = {"NET-3", "NET-5", "ASM-2", "OPS-2"}
"""What compares with the list of host names, which is the operator's: the auditor has nothing to compare with."""

AUDIT = [sys.executable, "-c", "import sys; from clover.cli import main; sys.exit(main())", "audit"]


class Audited:
    """A checkout with a site up, and the shell there of the auditor's tool."""

    def __init__(self, checkout: Checkout) -> None:
        self.checkout, self.site = checkout, checkout.stack
        self.declared = checkout.root / f"{self.site}.json"
        self.declared.write_text(checkout.pulumi("stack", "export", "-s", self.site).stdout)
        exports = checkout.clover("lab", "env", "--as", "auditor", self.site).stdout
        told = subprocess.check_output(
            ["/bin/sh", "-c", f"{exports}\nexec env -0"], env=checkout.environment, text=True
        )
        self.shell = dict(line.split("=", 1) for line in told.split("\0") if "=" in line)
        self.outputs = checkout.outputs()
        self.stores = {
            name: facts["physical_name"]
            for name, facts in self.outputs["stores"].items()
            if facts["role"] != "evidence"
        }
        """Every store but those of evidence, by its name at the site."""

    @cached_property
    def beyond(self) -> dict[str, str]:
        """What the stack declares in other subscriptions than its own: halves of policies, by URN."""
        resources = json.loads(self.declared.read_text())["deployment"]["resources"]
        placed = {each["urn"]: each["id"] for each in resources if each.get("id", "").startswith("/subscriptions/")}
        own = f"/subscriptions/{self.outputs['site']['account']}"
        return {urn: place for urn, place in placed.items() if not f"{place}/".startswith(f"{own}/")}

    @cached_property
    def copies(self) -> dict[str, Any]:
        """What the stack of second copies, where it is up, exports of this site's."""
        return self.checkout.beside("backups").outputs()["backups"][self.site]

    @property
    def cloud(self) -> Cloud:
        found = find(self.checkout.root / ".lab")
        assert found
        return found

    def audit(self, *words: str) -> subprocess.CompletedProcess[str]:
        return self.checkout.run([*AUDIT, self.site, *words], self.shell, check=False)

    def verdicts(self, folder: str, *words: str) -> list[dict[str, Any]]:
        answer = self.audit("--out", folder, *words)
        assert answer.returncode in (0, 1, 2), answer.stderr
        return self.file(folder, "verdicts.json")["verdicts"]

    def file(self, folder: str, name: str) -> Any:
        return json.loads((self.checkout.root / folder / name).read_text())

    def azure(self) -> Azure:
        """The official Azure clients, as the auditor's tool."""
        tenant, subscription, client = (self.shell[f"ARM_{name}_ID"] for name in ("TENANT", "SUBSCRIPTION", "CLIENT"))
        return Azure(f"http://{self.shell['ARM_METADATA_HOSTNAME']}", tenant, subscription, client)

    def client(self, service: str) -> Any:
        """A boto3 client, as the auditor's tool."""
        import boto3

        names = ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN")
        keys: Any = {name.lower(): self.shell[name] for name in names}
        factory: Any = getattr(boto3, "client")  # noqa: B009 (boto3 has no types)
        return factory(service, endpoint_url=self.shell["AWS_ENDPOINT_URL"], region_name="eu-west-1", **keys)


def counted(verdicts: list[dict[str, Any]]) -> Counter[tuple[str, str, str]]:
    kept = [verdict for verdict in verdicts if verdict["control"] not in WITHOUT_THE_LIST]
    return Counter((verdict["control"], verdict["claim"], verdict["verdict"]) for verdict in kept)


def _aws_tried(audited: Audited) -> Iterator[tuple[str, str]]:
    kms = audited.client("kms")
    yield from _tried_of_buckets(audited, audited.stores)
    for facts in audited.outputs["keys"].values():
        key, alias = {"KeyId": facts["key"]}, facts["alias"]
        yield f"decrypt with {alias}", refusal(kms.decrypt, CiphertextBlob=b"x", **key)
        yield f"take a data key of {alias}", refusal(kms.generate_data_key, KeySpec="AES_256", **key)
        grant = {"GranteePrincipal": audited.outputs["auditor"]["machine_access"], "Operations": ["Decrypt"]}
        yield f"grant oneself {alias}", refusal(kms.create_grant, **grant, **key)


def _tried_of_buckets(audited: Audited, buckets: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    s3 = audited.client("s3")
    for store, name in buckets.items():
        bucket = {"Bucket": name}
        thing = {**bucket, "Key": "somebody.json"}
        yield f"read {store}", refusal(s3.get_object, **thing)
        yield f"see {store}", refusal(s3.head_object, **thing)
        yield f"see attributes in {store}", refusal(s3.get_object_attributes, ObjectAttributes=["ETag"], **thing)
        yield f"see tags in {store}", refusal(s3.get_object_tagging, **thing)
        yield f"list {store}", refusal(s3.list_objects_v2, **bucket)
        yield f"list versions of {store}", refusal(s3.list_object_versions, **bucket)
        yield f"copy in {store}", refusal(s3.copy_object, **bucket, Key="copy", CopySource=f"{name}/somebody.json")
        yield f"write {store}", refusal(s3.put_object, Body=b"x", **thing)
        yield f"open {store}", refusal(s3.put_bucket_policy, Policy="{}", **bucket)


def _aws_tried_of_copies(audited: Audited) -> Iterator[tuple[str, str]]:
    s3, kms, key = audited.client("s3"), audited.client("kms"), {"KeyId": audited.copies["key"]}
    buckets = {store: bucket.rpartition(":")[2] for store, bucket in audited.copies["copies"].items()}
    yield from _tried_of_buckets(audited, buckets)
    for store, name in buckets.items():
        yield f"see the policy of {store}", refusal(s3.get_bucket_policy, Bucket=name)
        yield f"see the lock of {store}", refusal(s3.get_object_lock_configuration, Bucket=name)
    yield "see the copies' key", refusal(kms.describe_key, **key)
    yield "decrypt with the copies' key", refusal(kms.decrypt, CiphertextBlob=b"x", **key)


def refusal(call: Any, **parameters: Any) -> str:
    from botocore.exceptions import ClientError

    try:
        call(**parameters)
    except ClientError as error:
        told: Any = error.response
        return str(told["Error"]["Code"] if told["Error"]["Code"] != "403" else "AccessDenied")
    return "allowed"


SIGNATURE: Any = {
    "signedServices": "b",
    "signedResourceTypes": "co",
    "signedPermission": "rl",
    "signedExpiry": "2036-11-01T00:00:00Z",
}
"""A shared access signature that reads every blob
(https://learn.microsoft.com/rest/api/storagerp/storage-accounts/list-account-sas)."""


def _azure_tried(audited: Audited) -> Iterator[tuple[str, str]]:
    azure = audited.azure()
    yield from _tried_of_accounts(azure, f"clover-{audited.site}", audited.stores)
    for facts in audited.outputs["keys"].values():
        vault = facts["key"].rpartition("/keys/")[0].rpartition("/")[2]
        name = facts["key"].rpartition("/")[2]
        for operation in ("decrypt", "unwrapkey", "sign"):
            yield (
                f"{operation} with {name}",
                data_of(azure, f"{vault}.vault.localhost", "POST", f"/keys/{name}/1/{operation}"),
            )


def _tried_of_accounts(azure: Azure, group: str, names: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    for store, name in names.items():
        accounts, place = azure.storage.storage_accounts, (group, name)
        yield f"keys of {store}", refused(accounts.list_keys, *place)[1]
        yield f"a signature for {store}", refused(accounts.list_account_sas, *place, SIGNATURE)[1]
        for method, path in (
            ("GET", "/data/somebody.json"),
            ("GET", "/data?restype=container&comp=list"),
            ("PUT", "/data/x"),
            ("POST", "/?restype=service&comp=userdelegationkey"),
        ):
            yield f"{method} {path} of {store}", data_of(azure, f"{name}.blob.localhost", method, path)


def _azure_tried_of_copies(audited: Audited) -> Iterator[tuple[str, str]]:
    azure = replace(audited.azure(), subscription=audited.copies["account"])
    for store, account in audited.copies["copies"].items():
        name, policies = account.rpartition("/")[2], f"{account}/objectReplicationPolicies"
        yield from _tried_of_accounts(azure, f"clover-{audited.site}", {store: name})
        for what, path in (("settings", account), ("policies", policies)):
            yield f"{what} of {store}", _code(azure.ask("GET", path))
    yield "the copies' key", _code(azure.ask("GET", audited.copies["key"], version="2023-07-01"))


def _code(answer: tuple[int, Any, Any]) -> str:
    return answer[1]["error"]["code"] if answer[0] == 403 else "allowed"


def data_of(azure: Azure, host: str, method: str, path: str) -> str:
    connection = http.client.HTTPConnection(urlsplit(azure.url).netloc, timeout=30)
    connection.request(method, path, headers={"Host": host, "Authorization": f"Bearer {azure.token}"})
    answer = connection.getresponse()
    answer.read()
    connection.close()
    return str(answer.headers.get("x-ms-error-code")) if answer.status == 403 else "allowed"


DENIED = {
    *("AccessDenied", "AccessDeniedException"),
    *("AuthorizationFailed", "DenyAssignmentAuthorizationFailed", "AuthorizationFailure", "ForbiddenByConnection"),
}
"""What the clouds say where the caller may not, or is not let in."""


def tried(audited: Audited) -> dict[str, str]:
    """Everything that the auditor's tool tries to read, use or change of user data, and what it is told."""
    on = {"aws": _aws_tried, "azure": _azure_tried}
    return dict(on[audited.outputs["site"]["cloud"]](audited))


def tried_of_copies(audited: Audited) -> dict[str, str]:
    """Everything that the auditor's tool tries to see, read or change of second copies, and what it is told."""
    on = {"aws": _aws_tried_of_copies, "azure": _azure_tried_of_copies}
    return dict(on[audited.outputs["site"]["cloud"]](audited))
