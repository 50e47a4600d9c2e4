"""The CrossGuard pack, asked as the engine asks it."""
