"""Argument parsing whose failures are bad input like any other: one line, exit 64."""

import argparse
from typing import NoReturn

from clover.errors import BadInput


class Parser(argparse.ArgumentParser):
    """An argument parser that raises instead of printing usage and exiting 2."""

    def error(self, message: str) -> NoReturn:
        """Raise BadInput with argparse's own message."""
        raise BadInput(f"{message} (see {self.prog} --help)")
