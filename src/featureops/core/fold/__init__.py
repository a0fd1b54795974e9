"""Partial evaluation of one file: known values in, byte edits out. Written once, over shapes."""

__all__: list[str] = []
