"""Which known flag fits a description: shared words, weighed. Deterministic and without a dictionary.

A score is between 0 and 1. Full agreement of the names gives 0.7, the same file 0.3, the description in the backend
0.3, names around the reads 0.2, capped at 1: a flag known from code alone can reach 1.
"""

from __future__ import annotations

import posixpath
import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from functools import lru_cache

__all__ = ["ASK_USER", "USE_EXISTING", "Known", "Ranked", "Wanted", "rank", "recommendation", "stem", "words"]

USE_EXISTING = 0.7
ASK_USER = 0.4

_NAME, _FILE, _FOLDER, _DESCRIPTION, _AROUND, _RECENT = 0.7, 0.3, 0.15, 0.3, 0.2, 0.05
_WEAK_WEIGHT = 0.25
_ENOUGH = 1.25
"""Weight of shared words from which a match is no accident; one shared word counts a little less."""

_PIECES = re.compile(r"A+(?=Aa)|A?a+|A+|0+")
"""A word in a text of which capitals are written `A`, other letters `a` and digits `0`."""
_PLAIN = {"ø": "o", "æ": "ae", "œ": "oe", "ß": "ss", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "ı": "i"}
_STOP = frozenset(
    """
    a an and are as at be by can do does for from has have i if in into is it its of on or our should so that
    the their them then there this to up us use via want was we were when which will with you your flag
    feature toggle enable disable gate behind code change make let
    """.split()  # noqa: SIM905 - a list of 60 literals is no easier to read
)
_WEAK = frozenset(
    """
    new old add beta improve better support update release version v2 experiment test allow show
    """.split()  # noqa: SIM905 - as above
)
_SUFFIXES = (
    ("izations", "ize"),
    ("ization", "ize"),
    ("ations", "ate"),
    ("ation", "ate"),
    ("ements", ""),
    ("ement", ""),
    ("ments", ""),
    ("ment", ""),
    ("ions", ""),
    ("ion", ""),
    ("ings", ""),
    ("ing", ""),
    ("ies", "y"),
    ("ers", ""),
    ("er", ""),
    ("ors", ""),
    ("or", ""),
    ("ed", ""),
    ("ly", ""),
    ("es", ""),
    ("s", ""),
    ("e", ""),
)
_SHORTEST_STEM = 3


@dataclass(frozen=True, slots=True)
class Known:
    """A flag that exists, in code (`paths`, `around`: names near its reads) or in the backend (`description`)."""

    name: str
    description: str = ""
    paths: tuple[str, ...] = ()
    around: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is to be flagged: a sentence, the files that it concerns and a piece of their code. `recent` are the files
    that lately changed, with how many days before the newest commit.
    """

    description: str
    files: tuple[str, ...] = ()
    code: str = ""
    recent: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Ranked:
    """`score` has two decimals; `evidence` are sentences, the strongest first."""

    name: str
    score: float
    evidence: tuple[str, ...]


@lru_cache(maxsize=8192)
def stem(word: str) -> str:
    """A lower-case word without its English endings: payments, payment and paying give "pay". Names of flags are
    ASCII: letters are taken for those by which they are written there.
    """
    word = "".join(_PLAIN.get(c, c) for c in unicodedata.normalize("NFKD", word) if not unicodedata.combining(c))
    shorter = _shortened(word)
    while shorter != word:
        word, shorter = shorter, _shortened(shorter)
    return word


def _shortened(word: str) -> str:
    if word.endswith("ss"):
        return word
    for suffix, replacement in _SUFFIXES:
        root = word[: len(word) - len(suffix)]
        if word.endswith(suffix) and len(root) >= _SHORTEST_STEM:
            return _undoubled(root + replacement).removesuffix("e") or root
    return word


def _undoubled(root: str) -> str:
    """`shipp` (from shipping) is `ship`."""
    return root[:-1] if len(root) > _SHORTEST_STEM and root[-1] == root[-2] and root[-1] not in "aeiouls" else root


_STOP_STEMS = frozenset(map(stem, _STOP)) | _STOP


def _pieces(text: str) -> list[str]:
    """The words of a text and of the identifiers in it, in lower case."""
    text = unicodedata.normalize("NFC", text)
    shape = "".join("A" if c.isupper() else "a" if c.isalpha() else "0" if c.isdigit() else " " for c in text)
    return [text[found.start() : found.end()].lower() for found in _PIECES.finditer(shape)]


def words(text: str) -> dict[str, str]:
    """Stems of a text with their first spelling, in order: identifiers split, stop words and numbers left out."""
    found: dict[str, str] = {}
    for piece in _pieces(text):
        root = piece if piece in _WEAK else stem(piece)
        if len(piece) > 1 and not piece.isdigit() and root not in _STOP_STEMS:
            found.setdefault(root, piece)
    return found


def rank(wanted: Wanted, known: Iterable[Known], limit: int = 5) -> tuple[Ranked, ...]:
    """The best fitting flags, best first, equal ones by name; those without any evidence are left out."""
    asked = words(wanted.description)
    scored = (_score(flag, wanted, asked) for flag in known)
    ordered = sorted((row for row in scored if row.score > 0), key=lambda row: (-row.score, row.name))
    return tuple(ordered[:limit])


def recommendation(best: float) -> str:
    """use_existing from 0.7, ask_user from 0.4, create_new below."""
    if best >= USE_EXISTING:
        return "use_existing"
    return "ask_user" if best >= ASK_USER else "create_new"


def _score(flag: Known, wanted: Wanted, asked: Mapping[str, str]) -> Ranked:
    if _named_in(flag.name, wanted.description):
        return Ranked(flag.name, 1.0, ("the description names the flag",))
    parts = [_by_name(flag, wanted, asked), _by_description(flag, asked), _by_around(flag, asked)]
    related = sum(score for score, _ in parts)
    parts.append(_by_place(flag, wanted.files))
    parts += [_by_history(flag, wanted.recent)] if related > 0 else []
    if _named_in(flag.name, wanted.code):
        parts.append((0.4, "the given code asks for it"))
    strong = sorted((part for part in parts if part[0] > 0), key=lambda part: -part[0])
    total = sum(score for score, _ in strong)
    # A flag that merely lives in the same file, with nothing in common by meaning, is no candidate to reuse.
    bound = 1.0 if related > 0 else ASK_USER - 0.05
    return Ranked(flag.name, round(min(total, bound), 2), tuple(sentence for _, sentence in strong))


def _named_in(name: str, text: str) -> bool:
    if not text or name not in text:
        return False
    if re.fullmatch(r"[a-z]+", name):
        return re.search(rf"[\"'`]{name}[\"'`]", text) is not None or text.strip() == name
    return re.search(rf"(?<![\w-]){re.escape(name)}(?![\w-])", text) is not None


def _weight(found: Iterable[str]) -> float:
    return sum(_WEAK_WEIGHT if word in _WEAK else 1.0 for word in found)


def _by_name(flag: Known, wanted: Wanted, asked: Mapping[str, str]) -> tuple[float, str]:
    own = words(flag.name)
    return _NAME * _agreement(own, wanted, asked), f"its name shares {_shared(own, asked)} with the description"


def _agreement(own: Mapping[str, str], wanted: Wanted, asked: Mapping[str, str]) -> float:
    """0 to 1: how much of the flag's words is asked for, and how much of what is asked for it covers."""
    shared = own.keys() & asked.keys()
    if not shared - _WEAK:
        return 0.0
    if own.keys() == asked.keys() or (len(own) > 1 and _is_phrase(list(own), wanted.description)):
        return 1.0
    weight = _weight(shared)
    reach = weight / _weight(asked)
    return weight / _weight(own) * (0.75 + 0.25 * reach) * min(1.0, weight / _ENOUGH)


def _is_phrase(own: Sequence[str], text: str) -> bool:
    """Whether the text holds the words of a name side by side, in order."""
    said = [piece if piece in _WEAK else stem(piece) for piece in _pieces(text)]
    return any(said[at : at + len(own)] == list(own) for at in range(len(said) - len(own) + 1))


def _by_description(flag: Known, asked: Mapping[str, str]) -> tuple[float, str]:
    own = words(flag.description)
    reach = _reach(own.keys() & asked.keys(), asked)
    return _DESCRIPTION * reach, f"its description in the backend shares {_shared(own, asked)}"


def _by_around(flag: Known, asked: Mapping[str, str]) -> tuple[float, str]:
    stems = [posixpath.splitext(posixpath.basename(path))[0] for path in flag.paths]
    own = words(" ".join([*flag.around, *stems]))
    return _AROUND * _reach(own.keys() & asked.keys(), asked), f"it is read in code about {_shared(own, asked)}"


def _reach(shared: AbstractSet[str], asked: Mapping[str, str]) -> float:
    """0 to 1: how much of what is asked for is shared; weak words alone are nothing."""
    return min(1.0, _weight(shared) / _weight(asked)) if shared - _WEAK else 0.0


def _by_place(flag: Known, files: Sequence[str]) -> tuple[float, str]:
    same = sorted(set(files) & set(flag.paths))
    if same:
        return _FILE, f"it is read in {same[0]}"
    folders = {posixpath.dirname(path) for path in files}
    near = sorted(path for path in flag.paths if posixpath.dirname(path) in folders)
    return (_FOLDER, f"it is read nearby in {near[0]}") if near else (0.0, "")


def _by_history(flag: Known, recent: Mapping[str, int]) -> tuple[float, str]:
    lately = sorted((recent[path], path) for path in flag.paths if path in recent)
    if not lately:
        return 0.0, ""
    days, path = lately[0]
    when = "with the newest commits" if days == 0 else f"{days} day{'s' if days > 1 else ''} before the newest commit"
    return _RECENT, f"{path}, where it is read, changed {when}"


def _shared(own: Mapping[str, str], asked: Mapping[str, str]) -> str:
    return ", ".join(own[word] for word in own if word in asked)
