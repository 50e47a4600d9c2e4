"""The auditor's dossier: made, checked, spoiled."""
