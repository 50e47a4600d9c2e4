"""What a change means: two worlds compared control by control, each widening with a witness that shows it."""
