"""What an app talks to, compared with what the auditor publishes: `python -m clover.assessment --help`."""
