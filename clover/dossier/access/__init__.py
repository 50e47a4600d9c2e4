"""The access register: for each store, who is allowed which requests for its data, and from where.

Every row is decided by the prover's own engine over the declared policies, not copied from an intention.
"""

from clover.dossier.access.register import Access, Reach, register

__all__ = ["Access", "Reach", "register"]
"""The public names."""
