"""Risk assessment of a change from its bytes: kinds by syntax, places by names, and what follows from both."""

__all__: list[str] = []
