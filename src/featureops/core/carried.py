"""Values that speak of parsed files, as bytes for another process that has the same files.

A node is named by its way down from the root of its file, a name by where it is first defined: whoever unpacks gets
his own node, or his own name, of that place.
"""

from __future__ import annotations

import pickle
from io import BytesIO

from featureops.core.files import Files
from featureops.core.scopes import Binding
from featureops.core.syntax import Node, SourceFile

__all__ = ["pack", "unpack"]

_Steps = tuple[int, ...]


def pack(value: object, files: Files) -> bytes | None:
    """The bytes of a value; None where it speaks of something that is in no file of the repository."""
    packed = BytesIO()
    try:
        _Packer(packed, files).dump(value)
    except pickle.PicklingError:
        return None
    return packed.getvalue()


def unpack(packed: bytes, files: Files) -> object:
    """The value of `pack`, in terms of other `Files` with the same contents."""
    return _Unpacker(BytesIO(packed), files).load()


class _Packer(pickle.Pickler):
    def __init__(self, packed: BytesIO, files: Files) -> None:
        super().__init__(packed, pickle.HIGHEST_PROTOCOL)
        self._files = files

    def persistent_id(self, obj: object) -> tuple[str, str, _Steps] | None:
        if isinstance(obj, Node):
            return ("node", obj.file.path, self._steps(obj))
        if isinstance(obj, Binding):
            return ("name", obj.definitions[0].file.path, self._defined(obj))
        if isinstance(obj, SourceFile):
            return ("file", obj.path, self._steps(obj.root))
        return None

    def _steps(self, node: Node) -> _Steps:
        steps: list[int] = []
        while node.parent is not None:
            steps.append(node.index)
            node = node.parent
        if self._files.file(node.file.path) is not node.file or node is not node.file.root:
            raise pickle.PicklingError(node.file.path)
        return tuple(reversed(steps))

    def _defined(self, binding: Binding) -> _Steps:
        name = binding.definitions[0]
        steps = self._steps(name)
        if self._files.names(name.file.path).of.get(name) is not binding:
            raise pickle.PicklingError(binding.name)
        return steps


class _Unpacker(pickle.Unpickler):
    def __init__(self, packed: BytesIO, files: Files) -> None:
        super().__init__(packed)
        self._files = files

    def persistent_load(self, pid: tuple[str, str, _Steps]) -> Node | Binding | SourceFile:
        kind, path, steps = pid
        file = self._files.file(path)
        if file is None:
            raise pickle.UnpicklingError(path)
        node = file.root
        for step in steps:
            node = node.children[step]
        if kind == "name":
            return self._files.names(path).of[node]
        return file if kind == "file" else node
