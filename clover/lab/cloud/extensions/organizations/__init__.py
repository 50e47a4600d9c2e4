"""Organizations: who may call, what policies hold, and what is attached where, all of which moto lets pass."""

from clover.lab.cloud.extensions.organizations import attachments, contents, membership

OPERATIONS = {"organizations.LeaveOrganization": membership.leave}
CHECKS = {
    **{f"organizations.{name}": [membership.refuse_outsiders] for name in membership.guarded()},
    "organizations.CreatePolicy": [membership.refuse_outsiders, contents.check_new],
    "organizations.UpdatePolicy": [membership.refuse_outsiders, contents.check_change],
    "organizations.DeletePolicy": [membership.refuse_outsiders, contents.refuse_managed],
    "organizations.AttachPolicy": [membership.refuse_outsiders, attachments.check_new],
    "organizations.DetachPolicy": [membership.refuse_outsiders, attachments.check_end],
}
