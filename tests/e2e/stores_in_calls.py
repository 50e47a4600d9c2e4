"""What the call log says of each store: that its key, guards and record were there before anything could use it.

S3 takes a bucket's settings one by one once the bucket is there, and Azure an account's containers and records: between
a store's creation and the last of its guards nothing else speaks of it, and on Azure no way leads in.
"""

from collections.abc import Iterator, Sequence
from typing import Any

BUCKET = "aws:s3/bucket:Bucket"
ENCRYPTION = "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration"
ACCOUNT = "azure-native:storage:StorageAccount"
ENDPOINT = "azure-native:network:PrivateEndpoint"
GUARDS = ("PutPublicAccessBlock", "PutBucketPolicy", "PutBucketVersioning", "PutBucketEncryption")
LOCK = "PutObjectLockConfiguration"

Call = dict[str, Any]
Resource = dict[str, Any]


def open_stores(resources: Sequence[Resource], calls: Sequence[Call]) -> Iterator[str]:
    """What is wrong with the order of the calls that succeeded and changed something, store by store."""
    done = [call for call in calls if call["status"] < 300 and _changes(call)]
    stores = [each for each in resources if each["type"] in (BUCKET, ACCOUNT)]
    if not stores:
        yield "the stack has no store"
    for store in stores:
        yield from (_of_bucket if store["type"] == BUCKET else _of_account)(store, resources, done)


def _changes(call: Call) -> bool:
    operation = call["operation"]
    return not operation.startswith(("Get", "List", "Describe", "Head")) and not operation.endswith("/read")


def _of_bucket(store: Resource, resources: Sequence[Resource], done: Sequence[Call]) -> Iterator[str]:
    name = store["outputs"]["bucket"]
    created = _first(done, "CreateBucket", name)
    guards = (*GUARDS, LOCK) if store["inputs"].get("objectLockEnabled") else GUARDS
    placed = {guard: _first(done, guard, name) for guard in guards}
    closed = max(placed.values())
    rules = next(each for each in resources if each["type"] == ENCRYPTION and each["outputs"]["bucket"] == name)
    key = rules["outputs"]["rules"][0]["applyServerSideEncryptionByDefault"]["kmsMasterKeyId"]
    if not any(call["service"] == "kms" and key in str(call) for call in done[:created]):
        yield f"{name} is there before its key"
    others = [call for call in done[created:closed] if name in str(call["parameters"]) and not _configures(call, name)]
    yield from (f"{name} is used by {call['operation']} before it is closed" for call in others)
    if "evidence" not in name and _first(done, "StartLogging", "") > created:
        yield f"{name} is there before anything records what is done in it"


def _configures(call: Call, bucket: str) -> bool:
    """Whether a call sets up the bucket itself."""
    return call["service"] == "s3" and call["parameters"].get("Bucket") == bucket and "Key" not in call["parameters"]


def _of_account(store: Resource, resources: Sequence[Resource], done: Sequence[Call]) -> Iterator[str]:
    identifier = str(store["id"]).lower()
    created = _first(done, "Microsoft.Storage/storageAccounts/write", identifier)
    held = store["outputs"]["encryption"]["keyVaultProperties"]
    vault = held["keyVaultUri"].removeprefix("https://").partition(".")[0]
    key = f"/vaults/{vault}/keys/{held['keyName']}".lower()
    if _first(done, "Microsoft.KeyVault/vaults/keys/write", key) > created:
        yield f"{identifier} is there before its key"
    if store["outputs"]["publicNetworkAccess"] == "Disabled":
        yield from _of_a_way_in(identifier, resources, done)


def _of_a_way_in(identifier: str, resources: Sequence[Resource], done: Sequence[Call]) -> Iterator[str]:
    """The endpoint comes after versions, container and record; without one nobody reaches a closed account."""
    (endpoint,) = (each["id"].lower() for each in resources if _leads_to(each, identifier))
    opened = _first(done, "Microsoft.Network/privateEndpoints/write", endpoint)
    blobs = f"{identifier}/blobservices/default"
    for guard, place in (
        ("Microsoft.Storage/storageAccounts/blobServices/write", blobs),
        ("Microsoft.Insights/diagnosticSettings/write", blobs),
    ):
        if _first(done, guard, place) > opened:
            yield f"{identifier} is reached before {guard}"


def _leads_to(resource: Resource, identifier: str) -> bool:
    if resource["type"] != ENDPOINT:
        return False
    links = resource["outputs"]["privateLinkServiceConnections"]
    return any(link["privateLinkServiceId"].lower() == identifier for link in links)


def _first(done: Sequence[Call], operation: str, about: str) -> int:
    """Where the first such call stands; past the end where there is none."""
    for index, call in enumerate(done):
        if call["operation"] == operation and about in f"{call.get('resource')} {call['parameters']}".lower():
            return index
    return len(done)
