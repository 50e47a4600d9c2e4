"""Text that a terminal shows as it is: a name out of a file neither moves the cursor nor turns the line around."""

LONGEST_LINE = 2000
"""Characters: what is said about a thing takes a few hundred."""


def printable(line: str) -> str:
    """The line with every character that is not printed as itself escaped, cut where it is far too long."""
    shown = line if len(line) <= LONGEST_LINE else f"{line[:LONGEST_LINE]}… ({len(line)} characters)"
    if shown.isprintable():
        return shown
    return "".join(each if each.isprintable() else each.encode("unicode_escape").decode() for each in shown)
