"""The controls of backups: how they are kept, and where they may be copied and restored (BAK)."""
