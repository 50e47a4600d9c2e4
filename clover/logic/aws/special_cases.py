"""What single services decide otherwise than the general evaluation logic does."""

from clover.logic.aws.callers import CallerKind
from clover.logic.aws.request import Request
from clover.logic.aws.variables import split_header

READING = ("get", "list", "generate", "simulate")
ALIAS_CHANGES = frozenset({"kms:createalias", "kms:updatealias", "kms:deletealias"})
OWN_BUCKET_POLICY = frozenset({"s3:getbucketpolicy", "s3:putbucketpolicy", "s3:deletebucketpolicy"})


def needs_no_permission(request: Request) -> bool:
    """GetCallerIdentity for every signed call, and GetSessionToken for users and root: no policy of theirs counts.

    Source: AWS STS API Reference, GetCallerIdentity and GetSessionToken ("No permissions are required").
    """
    action = request.action.lower()
    if action == "sts:getsessiontoken":
        return request.caller.kind in (CallerKind.USER, CallerKind.ROOT)
    return action == "sts:getcalleridentity" and request.caller.in_an_account


def resource_policy_decides(request: Request) -> bool:
    """Whether identity policies count only where the resource's policy hands the decision to the account.

    So it is for KMS keys and for roles to be assumed. Source: IAM User Guide, "Policy evaluation logic" (role trust
    policies and key policies must explicitly allow access) and KMS Developer Guide, "Key policies in AWS KMS".
    """
    name = split_header(request.resource)[1]
    if request.service == "kms":
        return name.startswith("key/")
    return request.service == "sts" and name.startswith("role/")


def only_aws_may(request: Request) -> bool:
    """Nobody changes AWS managed policies, the roles that IAM Identity Center reserves, or the aliases alias/aws/….

    Source: IAM User Guide, "Managed policies and inline policies"; IAM Identity Center User Guide, "Referencing
    permission sets in resource policies" (path aws-reserved); KMS Developer Guide, "Aliases in AWS KMS".
    """
    action, name = request.action.lower(), split_header(request.resource)[1]
    if request.service == "kms":
        return action in ALIAS_CHANGES and name.startswith("alias/aws/")
    reserved = name.startswith("role/aws-reserved/") or (request.aws_owned and name.startswith("policy/"))
    return request.service == "iam" and reserved and not action.removeprefix("iam:").startswith(READING)


def bucket_owner_keeps_policy(request: Request) -> bool:
    """The root user of a bucket's account may read, set and delete the bucket's policy whatever the policy denies.

    Source: Amazon S3 API Reference, PutBucketPolicy (only endpoint and organisation policies stop it).
    """
    owner = request.caller.kind is CallerKind.ROOT and request.same_account
    return owner and request.action.lower() in OWN_BUCKET_POLICY


def beyond_resource_control(request: Request) -> bool:
    """Resource control policies bind neither service-linked roles nor kms:RetireGrant.

    Source: AWS Organizations User Guide, "Resource control policies"; KMS Developer Guide, "Resource control policies".
    """
    return request.caller.service_linked or request.action.lower() == "kms:retiregrant"


def beyond_service_control(request: Request) -> bool:
    """Service control policies bind principals of member accounts only, and no service-linked role.

    Source: AWS Organizations User Guide, "Service control policies" (SCP effects on permissions).
    """
    return request.caller.service_linked or not request.caller.in_an_account
