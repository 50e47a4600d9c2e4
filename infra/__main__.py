"""The program that the engine runs for every stack of the project."""

from infra.program import main

main()
