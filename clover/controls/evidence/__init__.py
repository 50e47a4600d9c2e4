"""What happens is on record, and the record cannot be deleted early."""
