"""The dossier's page in a real browser; skipped, by name, where there is none."""
