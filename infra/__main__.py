"""The program that the engine runs for every stack of the project."""

import asyncio

import pulumi

from infra.program import main


async def declare() -> None:
    """Declare the stack, then let every registration begin, so that the SDK waits for one after the other.

    Where none has begun it asks all outputs anew whenever one is there, which takes the square of their number
    (pulumi.runtime.stack, `wait_for_rpcs`).
    """
    main()
    await asyncio.sleep(0)


pulumi.run(declare)
