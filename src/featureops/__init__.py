"""featureops: ship every risky change behind a feature flag, and take the flag out again."""

__all__ = ["__version__"]

__version__ = "0.1.0"
