"""Keys, stores, roles and trails."""

import json
from typing import Any

from clover.lab.provider.wire import Props
from tests.lab.aws.case import Case
from tests.lab.aws.world import World, policy
from tests.lab.provider.engine import Resource


def tags(listed: Any) -> Props:
    return {entry.get("Key", entry.get("TagKey")): entry.get("Value", entry.get("TagValue")) for entry in listed}


def see_key(world: World, key: Resource) -> Props:
    kms = world.aws("kms")
    about = kms.describe_key(KeyId=key.id)["KeyMetadata"]
    return {
        "description": about["Description"],
        "isEnabled": about["Enabled"],
        "enableKeyRotation": kms.get_key_rotation_status(KeyId=key.id)["KeyRotationEnabled"],
        "policy": json.loads(kms.get_key_policy(KeyId=key.id, PolicyName="default")["Policy"]),
        "tags": tags(kms.list_resource_tags(KeyId=key.id)["Tags"]),
    }


def key_policy(world: World, *actions: str) -> str:
    root = {"AWS": f"arn:aws:iam::{world.account}:root"}
    return policy({"Effect": "Allow", "Principal": root, "Action": list(actions), "Resource": "*"})


def see_alias(world: World, alias: Resource) -> Props:
    listed = world.aws("kms").list_aliases()["Aliases"]
    return {"targetKeyId": next(entry["TargetKeyId"] for entry in listed if entry["AliasName"] == alias.id)}


def see_bucket(world: World, bucket: Resource) -> Props:
    s3 = world.aws("s3")
    assert s3.get_bucket_location(Bucket=bucket.id)["LocationConstraint"] == "eu-west-1"
    lock = s3.get_object_lock_configuration(Bucket=bucket.id)["ObjectLockConfiguration"]["ObjectLockEnabled"]
    return {
        "bucket": bucket.id,
        "objectLockEnabled": lock == "Enabled",
        "tags": tags(s3.get_bucket_tagging(Bucket=bucket.id)["TagSet"]),
    }


def versioned(world: World, name: str) -> str:
    """A bucket that keeps versions, made beside every stack."""
    bucket, s3 = world.name(name), world.aws("s3")
    if bucket not in {each["Name"] for each in s3.list_buckets()["Buckets"]}:
        s3.create_bucket(Bucket=bucket, CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})
        s3.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Enabled"})
    return bucket


def rule(world: World) -> Props:
    """A rule that copies everything under a key, and hands it to the owner of the copy."""
    return {
        "id": "everything",
        "status": "Enabled",
        "priority": 1,
        "filter": {"prefix": ""},
        "deleteMarkerReplication": {"status": "Disabled"},
        "sourceSelectionCriteria": {"sseKmsEncryptedObjects": {"status": "Enabled"}},
        "destination": {
            "bucket": f"arn:aws:s3:::{versioned(world, 'copy')}",
            "account": world.account,
            "accessControlTranslation": {"owner": "Destination"},
            "encryptionConfiguration": {"replicaKmsKeyId": "arn:aws:kms:eu-west-1:111122223333:alias/copies"},
        },
    }


def see_replication(world: World, it: Resource) -> Props:
    found = world.aws("s3").get_bucket_replication(Bucket=it.id)["ReplicationConfiguration"]
    (kept,) = found["Rules"]
    assert kept["Destination"]["EncryptionConfiguration"]["ReplicaKmsKeyID"].endswith("alias/copies")
    assert kept["SourceSelectionCriteria"] == {"SseKmsEncryptedObjects": {"Status": "Enabled"}}
    return {"role": found["Role"], "bucket": it.id}


def see_role(world: World, role: Resource) -> Props:
    iam = world.aws("iam")
    about = iam.get_role(RoleName=role.id)["Role"]
    inline = [
        {"name": name, "policy": json.dumps(iam.get_role_policy(RoleName=role.id, PolicyName=name)["PolicyDocument"])}
        for name in iam.list_role_policies(RoleName=role.id)["PolicyNames"]
    ]
    return {
        "assumeRolePolicy": about["AssumeRolePolicyDocument"],
        "description": about["Description"],
        "maxSessionDuration": about["MaxSessionDuration"],
        "path": about["Path"],
        "inlinePolicies": inline,
        "tags": tags(about["Tags"]),
    }


def see_issuer(world: World, issuer: Resource) -> Props:
    about = world.aws("iam").get_open_id_connect_provider(OpenIDConnectProviderArn=issuer.id)
    found = {"url": f"https://{about['Url']}", "clientIdLists": about["ClientIDList"]}
    return {**found, "tags": tags(about["Tags"])}


READ = policy({"Effect": "Allow", "Action": "s3:ListBucket", "Resource": "*"})
WRITE = policy({"Effect": "Allow", "Action": "s3:PutObject", "Resource": "*"})


def see_trail(world: World, trail: Resource) -> Props:
    cloudtrail = world.aws("cloudtrail")
    about = cloudtrail.get_trail(Name=trail.id)["Trail"]
    selectors = cloudtrail.get_event_selectors(TrailName=trail.id)["AdvancedEventSelectors"]
    return {
        "enableLogging": cloudtrail.get_trail_status(Name=trail.id)["IsLogging"],
        "enableLogFileValidation": about["LogFileValidationEnabled"],
        "isMultiRegionTrail": about["IsMultiRegionTrail"],
        "s3BucketName": about["S3BucketName"],
        "advancedEventSelectors": [
            {
                "name": entry["Name"],
                "fieldSelectors": [
                    {"field": field["Field"], "equals": field["Equals"]} for field in entry["FieldSelectors"]
                ],
            }
            for entry in selectors
        ],
    }


def selector(category: str, kind: str | None = None) -> Props:
    fields = [{"field": "eventCategory", "equals": [category]}]
    fields += [{"field": "resources.type", "equals": [kind]}] if kind else []
    return {"name": category.lower(), "fieldSelectors": fields}


CASES = [
    Case(
        token="aws:kms/key:Key",
        inputs=lambda world: {
            "description": "stores",
            "enableKeyRotation": True,
            "deletionWindowInDays": 30,
            "policy": key_policy(world, "kms:*"),
            "tags": {"class": "restricted"},
        },
        changed=lambda world: {
            "description": "evidence",
            "enableKeyRotation": False,
            "isEnabled": False,
            "policy": key_policy(world, "kms:Describe*", "kms:Put*", "kms:Get*", "kms:List*", "kms:*Key*"),
            "tags": {"class": "evidence"},
        },
        replaced=lambda world: {"multiRegion": True},
        seen=see_key,
        drift=lambda world, key: world.aws("kms").disable_key_rotation(KeyId=key.id),
        drifts=frozenset({"enableKeyRotation"}),
    ),
    Case(
        token="aws:kms/alias:Alias",
        inputs=lambda world: {"name": world.name("alias/clover"), "targetKeyId": world.key["keyId"]},
        changed=lambda world: {"targetKeyId": world.other_key["keyId"]},
        replaced=lambda world: {"name": "alias/other"},
        seen=see_alias,
        drift=lambda world, alias: world.aws("kms").delete_alias(AliasName=alias.id),
    ),
    Case(
        token="aws:s3/bucket:Bucket",
        inputs=lambda world: {
            "bucket": world.name("clover-case"),
            "objectLockEnabled": True,
            "tags": {"class": "restricted"},
        },
        changed=lambda world: {"tags": {"class": "controlled", "site": "dublin"}},
        replaced=lambda world: {"bucket": world.name("clover-renamed")},
        seen=see_bucket,
        drift=lambda world, bucket: world.aws("s3").put_bucket_tagging(
            Bucket=bucket.id, Tagging={"TagSet": [{"Key": "class", "Value": "public"}]}
        ),
        drifts=frozenset({"tags", "tagsAll"}),
    ),
    Case(
        token="aws:iam/role:Role",
        inputs=lambda world: {
            "name": world.name("auditor-person"),
            "path": "/clover/",
            "description": "reads",
            "assumeRolePolicy": world.trust(),
            "inlinePolicies": [{"name": "read", "policy": READ}],
            "tags": {"hand": "auditor"},
        },
        changed=lambda world: {
            "description": "reads evidence",
            "maxSessionDuration": 7200,
            "assumeRolePolicy": world.trust("777788889999"),
            "inlinePolicies": [{"name": "write", "policy": WRITE}],
            "tags": {"hand": "controller"},
        },
        replaced=lambda world: {"path": "/other/"},
        seen=see_role,
        drift=lambda world, role: world.aws("iam").update_assume_role_policy(
            RoleName=role.id, PolicyDocument=world.trust("999999999999")
        ),
        drifts=frozenset({"assumeRolePolicy"}),
    ),
    Case(
        token="aws:iam/openIdConnectProvider:OpenIdConnectProvider",
        inputs=lambda world: {
            "url": f"https://{world.name('runner')}.example.org",
            "clientIdLists": ["sts.amazonaws.com"],
            "tags": {"hand": "controller"},
        },
        changed=lambda world: {"clientIdLists": ["sts.eu-west-1.amazonaws.com"], "tags": {"hand": "backend"}},
        replaced=lambda world: {"url": "https://token.runner.example.com"},
        seen=see_issuer,
        drift=lambda world, issuer: world.aws("iam").add_client_id_to_open_id_connect_provider(
            OpenIDConnectProviderArn=issuer.id, ClientID="anybody"
        ),
        drifts=frozenset({"clientIdLists"}),
    ),
    Case(
        token="aws:s3/bucketReplicationConfig:BucketReplicationConfig",
        inputs=lambda world: {
            "bucket": versioned(world, "source"),
            "role": world.role.outputs["arn"],
            "rules": [rule(world)],
        },
        changed=lambda world: {"rules": [{**rule(world), "status": "Disabled"}]},
        replaced=lambda world: {"bucket": versioned(world, "other-source")},
        seen=see_replication,
        drift=lambda world, it: world.aws("s3").delete_bucket_replication(Bucket=it.id),
    ),
    Case(
        token="aws:iam/rolePolicy:RolePolicy",
        inputs=lambda world: {"role": world.role.id, "name": "read", "policy": READ},
        changed=lambda world: {"policy": WRITE},
        replaced=lambda world: {"name": "other"},
        seen=lambda world, it: {
            "policy": world.aws("iam").get_role_policy(RoleName=world.role.id, PolicyName="read")["PolicyDocument"]
        },
        drift=lambda world, it: world.aws("iam").delete_role_policy(RoleName=world.role.id, PolicyName="read"),
    ),
    Case(
        token="aws:cloudtrail/trail:Trail",
        inputs=lambda world: {
            "name": world.name("site"),
            "s3BucketName": world.log_bucket.id,
            "isMultiRegionTrail": True,
            "enableLogFileValidation": True,
            "advancedEventSelectors": [selector("Management"), selector("Data", "AWS::S3::Object")],
        },
        changed=lambda world: {
            "enableLogFileValidation": False,
            "enableLogging": False,
            "advancedEventSelectors": [selector("Management")],
        },
        replaced=lambda world: {"name": "other"},
        seen=see_trail,
        drift=lambda world, trail: world.aws("cloudtrail").stop_logging(Name=trail.id),
        drifts=frozenset({"enableLogging"}),
    ),
]
