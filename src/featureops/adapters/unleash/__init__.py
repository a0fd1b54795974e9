"""A real Unleash server as the flag backend, by its admin API (servers 5 to 8)."""

from __future__ import annotations

from featureops.adapters.unleash.backend import UnleashBackend
from featureops.adapters.unleash.client import AdminApi
from featureops.adapters.unleash.shared import UnleashShared

__all__ = ["AdminApi", "UnleashBackend", "UnleashShared"]
