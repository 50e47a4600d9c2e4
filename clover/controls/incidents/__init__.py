"""What goes wrong is noticed, and told to the auditor and the authorities straight."""
