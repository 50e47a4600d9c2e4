"""The controls of the auditor's own workspace: whose it is, and what is published from it (ASM)."""
