"""The embedded flag backend: Unleash's model in one SQLite file, its own SDK endpoint, no account and no server.

`backend` implements the port; `endpoint` serves the file to SDKs and is imported only by who serves it."""

from featureops.adapters.embedded.backend import EmbeddedBackend

__all__ = ["EmbeddedBackend"]
