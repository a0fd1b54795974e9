"""Markup around a script: its elements, and what becomes of those that are shown under a condition that is known."""
