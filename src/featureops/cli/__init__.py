"""The second face over the use cases, and the composition root."""
