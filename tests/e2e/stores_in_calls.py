"""What the call log says of each store: that its key, guards and record were there before anything could use it.

S3 takes a bucket's settings one by one once the bucket is there, and Azure an account's containers, records and lock:
between a store's creation and the last of its guards nothing else speaks of it, no way leads in, and nothing writes.
"""

from collections.abc import Iterator, Sequence
from typing import Any

BUCKET = "aws:s3/bucket:Bucket"
ENCRYPTION = "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration"
ACCOUNT = "azure-native:storage:StorageAccount"
GUARDS = ("PutPublicAccessBlock", "PutBucketPolicy", "PutBucketVersioning", "PutBucketEncryption")
LOCK = "PutObjectLockConfiguration"
ENDPOINT = "Microsoft.Network/privateEndpoints/write"
COPYING = "Microsoft.Storage/storageAccounts/objectReplicationPolicies/write"

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
    if "evidence" not in name and _first(done, "StartLogging", f":{key.split(':')[4]}:") > created:
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
    immutable = store["outputs"].get("immutableStorageWithVersioning")
    if immutable and "immutableStorageWithVersioning" not in done[created]["parameters"]["properties"]:
        yield f"{identifier} is there before its versions are locked"
    way = min(_first(done, each, identifier) for each in (ENDPOINT, COPYING))
    use = _first_use(done, identifier)
    for guard, place in _guards(store, identifier):
        if _first(done, guard, place) > min(way, use):
            yield f"{identifier} is reached before {guard}"
    if _first(done, "Microsoft.Authorization/locks/write", f"{identifier}/providers/microsoft.authorization") > use:
        yield f"{identifier} is used before it is locked"


def _guards(store: Resource, identifier: str) -> Iterator[tuple[str, str]]:
    """What is there before a way leads into an account; evidence is recorded by what is done to its key."""
    blobs = f"{identifier}/blobservices/default"
    yield "Microsoft.Storage/storageAccounts/blobServices/write", blobs
    if store["outputs"]["tags"]["clover:store-role"] != "evidence":
        yield "Microsoft.Storage/storageAccounts/blobServices/containers/write", f"{blobs}/containers"
        yield "Microsoft.Insights/diagnosticSettings/write", blobs


def _first_use(done: Sequence[Call], identifier: str) -> int:
    """Where somebody is let into an account, or something else is told to use it.

    Its own endpoint and second copy are none: they come before the lock, below which they could not be taken away.
    """
    for index, call in enumerate(done):
        place = str(call.get("resource")).lower()
        inside = f"{place}/".startswith(f"{identifier}/")
        granted = inside and call["operation"] == "Microsoft.Authorization/roleAssignments/write"
        told = not inside and call["operation"] not in (ENDPOINT, COPYING)
        if granted or (told and identifier in str(call["parameters"]).lower()):
            return index
    return len(done)


def _first(done: Sequence[Call], operation: str, about: str) -> int:
    """Where the first such call stands; past the end where there is none."""
    for index, call in enumerate(done):
        if call["operation"] == operation and about in f"{call.get('resource')} {call['parameters']}".lower():
            return index
    return len(done)
