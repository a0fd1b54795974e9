"""Ways of asking that have no value: decorators of an SDK, and texts with a prefix that are given to a router."""

from __future__ import annotations

from collections.abc import Iterator

from featureops.core.asked import Read
from featureops.core.given import argument
from featureops.core.pack import CallForm
from featureops.core.project import Constant, Project
from featureops.core.receivers import names_decorator, written_out
from featureops.core.syntax import Node

__all__ = ["CallGates"]


class CallGates:
    """The forms of calls that gate what they sit on or are given, in one file."""

    def __init__(self, project: Project, path: str) -> None:
        self.project = project
        self.path = path
        self.names = project.names(path)
        forms = [(sdk, form) for sdk in self.names.file.pack.sdks for form in sdk.calls]
        self.decorators = [(sdk, form) for sdk, form in forms if form.decorator is not None]
        self.prefixed = [(sdk, form) for sdk, form in forms if form.prefix is not None]

    def at(self, node: Node) -> Iterator[Read]:
        if self.decorators and node.shape == "decorator":
            yield from self._decorator(node)
        elif self.prefixed and node.shape == "call":
            yield from self._texts(node)

    def _decorator(self, node: Node) -> Iterator[Read]:
        call = node if node.role("function") is not None else node.role("operand")
        callee = call.role("function") if call is not None else None
        if call is None or callee is None:
            return
        binding = self.names.of.get(callee)
        entry = binding.imported if binding is not None else None
        module, name = (entry.module, entry.imported) if entry else written_out(self.names, callee) or ("", "")
        for sdk, form in self.decorators:
            given = form.decorator == name and any(
                item.module == module and name in item.functions for item in sdk.imports
            )
            given = given or names_decorator(self.project, self.path, call, form.decorator or "", sdk)
            key = argument(call, form.flag, form.keyword) if given else None
            if key is not None:
                constant = self.project.constant(self.path, key)
                yield Read(node, call, sdk.id, "decorator", form.when, "proven", key, constant, form.decorator or name)
                return

    def _texts(self, call: Node) -> Iterator[Read]:
        callee = call.role("function")
        name = callee.role("property") if callee is not None and callee.shape == "member" else callee
        arguments = call.role("arguments")
        for sdk, form in self.prefixed:
            if name is None or arguments is None or form.method != name.text:
                continue
            for text in _listed(arguments):
                found = self._prefixed(text, form)
                if found is not None:
                    yield Read(call, call, sdk.id, "decorator", form.when, "likely", text, found, form.method)

    def _prefixed(self, text: Node, form: CallForm) -> Constant | None:
        constant, prefix = self.project.constant(self.path, text), form.prefix or ""
        if constant is None or not constant.value.startswith(prefix) or constant.value == prefix:
            return None
        return Constant(constant.value[len(prefix) :], constant.resolution, constant.path, None)


def _listed(holder: Node) -> Iterator[Node]:
    for item in holder.items:
        inner = item.role("operand") if item.shape == "argument" else item
        if inner is not None and inner.shape in ("list", "object", "pair"):
            yield from _listed(inner)
        elif inner is not None:
            yield inner
