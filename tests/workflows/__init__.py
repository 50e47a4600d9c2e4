"""The workflows: what they may do, and what their scripts do."""
