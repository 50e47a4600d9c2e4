"""Who can, in any number of steps, change what the other controls rest on."""
