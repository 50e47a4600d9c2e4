"""The controls of historic data that comes in: where it lands, and what is left where it lay for a while (MIG)."""
