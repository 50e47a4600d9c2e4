"""What cannot be decided exactly."""


class Undecided(Exception):
    """The question stays open; the message says why: a bound that was hit, or what nobody could show."""
