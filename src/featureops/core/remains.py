"""What a flag leaves in the code once nothing asks for it: the house's own functions that asked for it, and the calls
that made it known. They go only when nothing else speaks of them.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence

from featureops.core.asked import Read
from featureops.core.fixing import Fixing
from featureops.core.fold.calls import is_method
from featureops.core.fold.layout import leading_comments
from featureops.core.given import definition_of
from featureops.core.mentions import apart, mentions_of
from featureops.core.project import Constant, Project
from featureops.core.scopes import Binding
from featureops.core.syntax import Node, SourceFile, parse

__all__ = ["Remains", "not_gone"]

_PLACES = frozenset({"block", "class", "expression", "list"})


def not_gone(reads: Iterable[Read], doomed: Container[Node]) -> list[Read]:
    """The reads without the calls that made the flag known and that go."""
    return [read for read in reads if not (_is_definition(read) and read.node in doomed)]


def _is_definition(read: Read) -> bool:
    """Whether a call does not ask for the flag but makes it known."""
    return read.value == "definition"


class Remains:
    """`grep` names the files that hold one of the words, `output` gives a file as it is by now. `constants` are what is
    known to hold the key, by the node that makes it; it grows.
    """

    def __init__(
        self,
        project: Project,
        flag: str,
        fixing: Fixing,
        constants: dict[Node, Constant],
        grep: Callable[[Sequence[bytes]], Iterable[str]],
        output: Callable[[str], bytes],
    ) -> None:
        self.project = project
        self.flag = flag
        self.fixing = fixing
        self.constants = constants
        self.grep = grep
        self.output = output
        self._functions: tuple[tuple[str, tuple[Node, ...]], ...] | None = None

    def unused(self, reads: Mapping[str, Sequence[Read]], unfolded: frozenset[Node]) -> list[Node]:
        """What can go now. `reads` are all that there are, `unfolded` stay."""
        own = [read for found in reads.values() for read in found if read.flag == self.flag]
        asking = [read for read in own if not _is_definition(read) and read.value != "test"]
        is_settled = bool(asking) and all(
            self.fixing.of(read) is not None and read.node not in unfolded for read in asking
        )
        found = [read.node for read in own if is_settled and _is_definition(read) and _can_go(read.node)]
        asking_functions = (*self._house_functions(), *_asking_only(asking)) if is_settled else ()
        for name, functions in asking_functions:
            if self._is_gone(name, functions):
                found.extend(functions)
                self._take_constants(functions)
        return found

    # -------------------------------------------------------------- the house's functions

    def _house_functions(self) -> tuple[tuple[str, tuple[Node, ...]], ...]:
        """The functions that the configuration says are the flag, by name."""
        if self._functions is None:
            reads = self.project.config.reads
            targets = [read.target for read in reads if read.name == self.flag and read.form in ("call", "expression")]
            names = sorted({name for target in targets if (name := _last_name(target))})
            self._functions = tuple((name, nodes) for name in names if (nodes := tuple(self._defined(name))))
        return self._functions

    def _defined(self, name: str) -> Iterator[Node]:
        for path in sorted(self.grep([name.encode()])):
            file = self.project.file(path)
            yield from _functions_named(file, name) if file is not None else ()

    def _is_gone(self, name: str, functions: tuple[Node, ...]) -> bool:
        """Whether a function was named in other places and is named in none any more, in whatever kind of file."""
        was_used, source = False, f"/{self.project.config.source}"
        for path in self.grep([name.encode()]):
            here = [node for node in functions if node.file.path == path]
            if source.endswith(f"/{path}"):
                continue  # the configuration says that the function is the flag
            if _has_word(self._apart(path, name) if here else self.output(path), name):
                return False
            file = here[0].file if here else self.project.file(path)
            was_used = was_used or (file is not None and self._is_spoken_of(file, name, here))
        return was_used

    def _is_spoken_of(self, file: SourceFile, name: str, functions: Iterable[Node]) -> bool:
        """Whether a file, as it was, has the name outside of the functions. A variable of that name is another thing,
        and so is a word of the flag's key."""
        rest = _without(file.data, functions)
        rest = re.sub(_word(self.flag), b"", rest) if self.flag != name else rest
        names = self.project.names(file.path)
        bound = (names.of.get(node) for node in mentions_of(file, name))
        variables = [each for each in bound if each is not None and _is_variable(each)]
        return len(re.findall(_word(name), rest)) > len(variables)

    def _apart(self, path: str, name: str) -> bytes:
        """A file as it is by now, without the functions of that name and the comments above them."""
        pack, data = self.project.packs.for_path(path), self.output(path)
        if pack is None or pack.regions is not None:
            return data
        functions = list(_functions_named(parse(path, data, pack), name))
        return _without(data, [*functions, *(note for function in functions for note in leading_comments(function))])

    def _take_constants(self, functions: tuple[Node, ...]) -> None:
        """The constants with the key that the functions used."""
        for function in functions:
            for node in function.walk():
                is_name = node.shape == "member" or node.type in node.file.pack.index.identifiers
                constant = self.project.constant(node.file.path, node) if is_name else None
                if constant is not None and constant.value == self.flag and constant.definition is not None:
                    self.constants.setdefault(constant.definition, constant)


def _asking_only(reads: Iterable[Read]) -> Iterator[tuple[str, tuple[Node, ...]]]:
    """Methods that do nothing but ask for the flag, by name."""
    for read in reads:
        whole, block = read.node, read.node.parent
        while block is not None and block.shape in ("return", "expression"):
            whole, block = block, block.parent
        function = block.parent if block is not None and block.shape == "block" and len(block.items) == 1 else None
        name = function.role("name") if function is not None and function.shape == "function" else None
        if block is None or function is None or name is None or function.role("body") is not block:
            continue
        if is_method(function) and block.items == [whole]:
            yield name.text, (function,)


def _functions_named(file: SourceFile, name: str) -> Iterator[Node]:
    for node in file.root.walk():
        label = node.role("name") if node.shape == "function" else None
        if label is not None and label.text == name:
            yield node


def _last_name(target: str) -> str:
    """`name` in `Owner.name()`, `Owner::name` and `owner->name`."""
    words = re.findall(r"[\w$]+[?!]?", re.sub(r"\(.*", "", target))
    return words[-1] if words else ""


def _can_go(call: Node) -> bool:
    """Whether a call stands where nobody takes what it gives."""
    return call.parent is not None and call.parent.shape in _PLACES


def _without(data: bytes, parts: Iterable[Node]) -> bytes:
    for part in parts:
        data = data.replace(part.file.data[part.start : part.end], b"", 1)
    return data


def _is_variable(binding: Binding) -> bool:
    """Whether a name is given to a value inside of a function."""
    definition, scope = definition_of(binding), binding.scope
    index = scope.file.pack.index
    is_local = scope.type in index.block_scopes | index.function_scopes and scope is not scope.file.root
    return is_local and definition is not None and definition.shape in ("assign", "declarator", "parameter")


def _word(name: str) -> bytes:
    return apart(name).encode()


def _has_word(data: bytes, name: str) -> bool:
    return re.search(_word(name), data) is not None
