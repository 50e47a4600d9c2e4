"""The lab's Azure provider plugin: the resource types that the components use, over HTTP, against the ARM emulator."""
