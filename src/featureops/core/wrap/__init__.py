"""Puts a change behind a flag from its own two sides: what differs, how a branch is written around it, the proof."""

__all__: list[str] = []
