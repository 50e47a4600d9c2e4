"""Whether AI services keep what they are given for their own improvement, which they may do in other regions.

https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_ai-opt-out.html
"""

from components.aws.policies.document import Document

LIMIT = "organizations-ai-services-opt-out-policy"
TYPE = "AISERVICES_OPT_OUT_POLICY"
CLOSED = {"@@operators_allowed_for_child_policies": ["@@none"]}
"""No policy further down changes what stands here, nor what stands below it."""


def keeping_nothing() -> Document:
    """No service does, those that come later among them; no unit or account takes that back."""
    opted_out = {**CLOSED, "@@assign": "optOut"}
    return {"services": {**CLOSED, "default": {**CLOSED, "opt_out_policy": opted_out}}}
