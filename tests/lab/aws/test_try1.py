import json


def test_x(engine, aws, account):
    k = engine.create(
        "aws:kms/key:Key",
        "k",
        {"description": "d", "enableKeyRotation": True, "deletionWindowInDays": 30, "tags": {"a": "b"}},
    )
    print(k)
    print(engine.refresh(k) == k, engine.refresh(k).inputs, k.inputs)
    for t, n, i in [
        ("aws:kms/alias:Alias", "a", {"targetKeyId": k["keyId"]}),
        (
            "aws:s3/bucket:Bucket",
            "b",
            {"bucket": "clover-dublin-x-data", "objectLockEnabled": True, "tags": {"x": "y"}},
        ),
        (
            "aws:s3/bucketVersioning:BucketVersioning",
            "v",
            {"bucket": "clover-dublin-x-data", "versioningConfiguration": {"status": "Enabled"}},
        ),
        (
            "aws:s3/bucketOwnershipControls:BucketOwnershipControls",
            "v",
            {"bucket": "clover-dublin-x-data", "rule": {"objectOwnership": "BucketOwnerEnforced"}},
        ),
        (
            "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock",
            "v",
            {
                "bucket": "clover-dublin-x-data",
                "blockPublicAcls": True,
                "blockPublicPolicy": True,
                "ignorePublicAcls": True,
                "restrictPublicBuckets": True,
            },
        ),
        (
            "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration",
            "v",
            {
                "bucket": "clover-dublin-x-data",
                "rules": [
                    {
                        "applyServerSideEncryptionByDefault": {"sseAlgorithm": "aws:kms", "kmsMasterKeyId": k["arn"]},
                        "bucketKeyEnabled": True,
                    }
                ],
            },
        ),
        (
            "aws:s3/bucketObjectLockConfiguration:BucketObjectLockConfiguration",
            "v",
            {"bucket": "clover-dublin-x-data", "rule": {"defaultRetention": {"mode": "COMPLIANCE", "days": 30}}},
        ),
        (
            "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration",
            "v",
            {
                "bucket": "clover-dublin-x-data",
                "rules": [
                    {
                        "id": "x",
                        "status": "Enabled",
                        "noncurrentVersionExpiration": {"noncurrentDays": 30},
                        "abortIncompleteMultipartUpload": {"daysAfterInitiation": 7},
                    },
                    {
                        "id": "y",
                        "status": "Enabled",
                        "filter": {"and": {"prefix": "logs/", "tags": {"a": "b", "c": "d"}}},
                        "expiration": {"days": 90},
                    },
                ],
            },
        ),
        (
            "aws:s3/bucketPolicy:BucketPolicy",
            "v",
            {
                "bucket": "clover-dublin-x-data",
                "policy": json.dumps(
                    {
                        "Version": "2012-10-17",
                        "Statement": [
                            {
                                "Effect": "Deny",
                                "Principal": "*",
                                "Action": ["s3:*"],
                                "Resource": "arn:aws:s3:::clover-dublin-x-data/*",
                                "Condition": {"Bool": {"aws:SecureTransport": "false"}},
                            }
                        ],
                    }
                ),
            },
        ),
        (
            "aws:iam/role:Role",
            "r",
            {
                "name": "auditor",
                "assumeRolePolicy": json.dumps(
                    {
                        "Version": "2012-10-17",
                        "Statement": {
                            "Effect": "Allow",
                            "Principal": {"AWS": "arn:aws:iam::444455556666:root"},
                            "Action": "sts:AssumeRole",
                        },
                    }
                ),
                "path": "/clover/",
                "tags": {"a": "b"},
            },
        ),
        (
            "aws:iam/rolePolicy:RolePolicy",
            "rp",
            {
                "role": "auditor",
                "policy": json.dumps(
                    {"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Resource": "*", "Action": "s3:List*"}}
                ),
            },
        ),
        ("aws:ec2/vpc:Vpc", "r", {"cidrBlock": "10.0.0.0/16", "enableDnsHostnames": True}),
    ]:
        r = engine.create(t, n, i)
        f = engine.refresh(r)
        print(t, r.id, f == r, "" if f == r else (f, r))
        p = engine.plan(r, i)
        print("   plan", p.changes, p.detailed)
        m = engine.import_(t, r.id)
        d = {k: v for k, v in m.inputs.items() if v != r.inputs.get(k)}
        e = {k: v for k, v in r.inputs.items() if k not in m.inputs}
        print("   import differs", d, "lacks", e)
        if t.endswith("Vpc"):
            print(r)
            s = engine.create(
                "aws:ec2/subnet:Subnet",
                "s",
                {"vpcId": r.id, "cidrBlock": "10.0.1.0/24", "availabilityZone": "eu-west-1a", "tags": {"x": "y"}},
            )
            print(s, engine.refresh(s) == s)
            engine.delete(s)
            print(engine.refresh(s))
