"""The lab's AWS cloud: one daemon on loopback that answers the AWS APIs from memory.

`daemon` runs it, `client` starts, finds and stops it. `frontend` takes every call: it says who calls what
(`identity`, `operation`), holds documented limits (`limits`), injects faults (`faults`), answers from the
extensions or from moto, and writes the call log (`calls`).
"""
