"""The outside world: each module knows one thing of it."""
