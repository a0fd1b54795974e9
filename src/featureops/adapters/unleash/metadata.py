"""What a flag says of itself as the requests that change it, one for each part that differs."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from featureops.adapters.unleash.client import Verb
from featureops.core.flagjson import dependency_json, tag_json
from featureops.core.model import Flag, Json

__all__ = ["Step", "steps"]


@dataclass(frozen=True, slots=True)
class Step:
    """`does` says what was done once it is; `done` tells it of the flag as it is read afterwards."""

    does: str
    verb: Verb
    path: tuple[str, ...]
    body: Json
    done: Callable[[Flag], bool]


def steps(current: Flag, planned: Flag) -> Iterator[Step]:
    """In the order in which they are to be sent."""
    at = ("projects", current.project, "features", current.name)
    yield from _fields(at, current, planned)
    yield from _tags(current, planned)
    yield from _links(at, current, planned)
    yield from _dependencies(at, current, planned)


def _fields(at: tuple[str, ...], current: Flag, planned: Flag) -> Iterator[Step]:
    def parts(flag: Flag) -> tuple[str, str, bool, bool]:
        return flag.type, flag.description, flag.stale, flag.impression_data

    if parts(current) == parts(planned):
        return
    # The server takes what is missing for empty: all four are always sent.
    body: Json = {
        "type": planned.type,
        "description": planned.description,
        "stale": planned.stale,
        "impressionData": planned.impression_data,
    }
    yield Step("the description and the fields", "PUT", at, body, lambda flag: parts(flag) == parts(planned))


def _tags(current: Flag, planned: Flag) -> Iterator[Step]:
    added = sorted(set(planned.tags) - set(current.tags))
    removed = sorted(set(current.tags) - set(planned.tags))
    if added or removed:
        body: Json = {"addedTags": list(map(tag_json, added)), "removedTags": list(map(tag_json, removed))}
        path = ("features", current.name, "tags")
        yield Step("the tags", "PUT", path, body, lambda flag: set(flag.tags) == set(planned.tags))


def _links(at: tuple[str, ...], current: Flag, planned: Flag) -> Iterator[Step]:
    there = {link.id: link for link in current.links}
    kept = {link.id for link in planned.links}
    for gone in there.keys() - kept:
        yield Step("links taken away", "DELETE", (*at, "link", gone), None, _without_link(gone))
    for count, link in enumerate(planned.links, start=1):
        body: Json = {"url": link.url, "title": link.title or None}
        if link.id not in there:
            # The server writes addresses in its own way: how many there are tells.
            yield Step("links", "POST", (*at, "link"), body, _has_links(count))
        elif there[link.id] != link:
            yield Step("links", "PUT", (*at, "link", link.id), body, _has_links(count))


def _dependencies(at: tuple[str, ...], current: Flag, planned: Flag) -> Iterator[Step]:
    for gone in current.parents if not planned.parents else ():
        path = (*at, "dependencies", gone)
        yield Step("the dependency taken away", "DELETE", path, None, _without_parent(gone))
    for each in planned.dependencies:
        if each not in current.dependencies:
            body = dependency_json(each)
            if not each.enabled:
                del body["variants"]  # a parent that is off gives no variant
            # Takes the place of one on another parent.
            yield Step("the dependency", "POST", (*at, "dependencies"), body, _with_parent(each.feature))


def _has_links(count: int) -> Callable[[Flag], bool]:
    return lambda flag: len(flag.links) >= count


def _without_link(number: str) -> Callable[[Flag], bool]:
    return lambda flag: all(link.id != number for link in flag.links)


def _with_parent(name: str) -> Callable[[Flag], bool]:
    return lambda flag: name in flag.parents


def _without_parent(name: str) -> Callable[[Flag], bool]:
    return lambda flag: name not in flag.parents
