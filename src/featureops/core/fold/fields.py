"""Fields of a class that are set again and again, but to one known value only: reading them gives that value."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from featureops.core.fold.editor import Editor
from featureops.core.fold.unused import statement_of
from featureops.core.fold.values import Known
from featureops.core.given import definition_of, initializer
from featureops.core.mentions import mentions_of
from featureops.core.scopes import Binding, Names
from featureops.core.syntax import Node

__all__ = ["Fields"]


class Fields:
    """`settled` are the fields of a file that are known, with their value."""

    def __init__(self, names: Names) -> None:
        self.names = names
        self.settled: dict[Binding, bool] = {}

    def spread(self, seeds: dict[Node, Known], known: Callable[[Node], Known | None]) -> bool:
        """Settle the fields that one of the seeds is put into; whether there are any new ones."""
        grown = False
        for binding in {binding for node in tuple(seeds) for binding in self._filled_by(node)}:
            values = [] if binding in self.settled else _given(binding)
            found = {each.shape == "true" if each.shape in ("true", "false") else known(each) for each in values}
            value = next(iter(found)) if len(found) == 1 else None
            if isinstance(value, bool) and self._is_closed(binding):
                self.settled[binding] = value
                seeds.update(dict.fromkeys(binding.uses, value))
                grown = True
        return grown

    def unused(self, editor: Editor, is_used_elsewhere: Callable[[Binding], bool]) -> Iterator[Node]:
        """The settled fields that nothing reads any more, with the statements that set them."""
        for binding in self.settled:
            if all(map(editor.covers, (use.span for use in binding.uses))) and not is_used_elsewhere(binding):
                yield from (part for part in (definition_of(binding),) if part is not None)
                yield from (statement_of(write.parent) for write in binding.writes if write.parent is not None)

    def definitions(self) -> dict[Node, Known]:
        """The value of each, by what declares it."""
        found = ((definition_of(binding), value) for binding, value in self.settled.items())
        return {part: value for part, value in found if part is not None}

    def _filled_by(self, node: Node) -> Iterator[Binding]:
        holder = next((outer for outer in node.ancestors() if outer.shape in ("assign", "block", "function")), None)
        target = holder.role("left") if holder is not None and holder.shape == "assign" else None
        binding = self.names.of.get(target) if target is not None else None
        if binding is not None and binding.scope.type in self.names.file.pack.index.class_scopes:
            yield binding

    def _is_closed(self, binding: Binding) -> bool:
        """Whether nothing but what is seen here sets the field."""
        part, index = definition_of(binding), self.names.file.pack.index
        if part is None:
            return False
        marks = [child.text.lstrip("@") for child in part.children if child.shape == "decorator"]
        if not index.quiet_marks.issuperset(marks):
            return False
        closed = (part, *(child for child in part.children if child.type in index.setters))
        if not any(each.has_token(word) for each in closed for word in index.private_words):
            return False
        known = {*binding.definitions, *binding.uses, *binding.writes}
        return all(node in known for node in mentions_of(self.names.file, binding.name))


def _given(binding: Binding) -> list[Node]:
    """All that a field is given, first where it is declared; nothing where that can't be told."""
    part, first = definition_of(binding), initializer(binding)
    is_plain = part is not None and part.shape == "declarator" and len(binding.definitions) == 1 and not binding.outer
    if first is None or not is_plain or not binding.writes:
        return []
    assigned = [write.parent for write in binding.writes]
    plain = [each for each in assigned if each is not None and each.shape == "assign" and _is_plain(each)]
    found = [value for each in plain if (value := each.role("right")) is not None]
    return [first, *found] if len(found) == len(assigned) else []


def _is_plain(assign: Node) -> bool:
    """Whether nobody sees what an assignment gives."""
    holder = assign.parent
    return (
        holder is not None
        and holder.shape in ("block", "expression")
        and "augmented" not in assign.type
        and any(child.text == "=" for child in assign.children)
    )
