"""Every template of every SDK: what it writes parses, is found as a read, and goes again without a trace."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

import pytest

from featureops.core.cleanup import cleanup_project
from featureops.core.config import Config
from featureops.core.detect.following import learn_all
from featureops.core.model import ChangedFile
from featureops.core.pack import LanguagePack, Packs, SdkPack
from featureops.core.project import Project
from featureops.core.reads import find_reads
from featureops.core.syntax import parse
from featureops.core.templates import WrapTemplate
from featureops.core.wrap.change import wrap_changes
from featureops.core.wrap.repository import Repository
from featureops.languages import packs

_FLAG = "new-checkout"


@dataclass(frozen=True)
class Sample:
    """A file whose `old` text a change makes `new`, and how a manifest is called that lists packages."""

    path: str
    text: str
    old: str
    new: str
    manifest: str = ""


_SAMPLES = {
    "python": Sample(
        "shop/pay.py",
        """\
def charge(total, context):
    return total + 1
""",
        "+ 1",
        "+ 2",
        "pyproject.toml",
    ),
    "typescript": Sample(
        "src/pay.ts",
        """\
import { Prices } from './prices';

export class Pay {
  constructor(private readonly prices: Prices) {}

  async charge(total: number, context: object): Promise<number> {
    return total + this.prices.fee(1);
  }
}
""",
        "fee(1)",
        "fee(2)",
        "package.json",
    ),
    "javascript": Sample(
        "src/pay.js",
        """\
import { fee } from './prices.js';

export async function charge(total, context) {
  return total + fee(1);
}
""",
        "fee(1)",
        "fee(2)",
        "package.json",
    ),
    "go": Sample(
        "pay/pay.go",
        """\
package pay

func Charge(total int) int {
	return total + 1
}
""",
        "+ 1",
        "+ 2",
        "go.mod",
    ),
    "java": Sample(
        "src/main/java/shop/Pay.java",
        """\
package shop;

class Pay {
    private final Prices prices;

    Pay(Prices prices) {
        this.prices = prices;
    }

    int charge(int total, LDContext context) {
        return total + prices.fee(1);
    }
}
""",
        "fee(1)",
        "fee(2)",
        "pom.xml",
    ),
    "kotlin": Sample(
        "src/main/kotlin/shop/Pay.kt",
        """\
package shop

class Pay(private val prices: Prices) {
    fun charge(total: Int, context: LDContext): Int {
        return total + prices.fee(1)
    }
}
""",
        "fee(1)",
        "fee(2)",
        "build.gradle.kts",
    ),
    "csharp": Sample(
        "src/Pay.cs",
        """\
namespace Shop;

public class Pay
{
    private readonly Prices _prices;

    public Pay(Prices prices)
    {
        _prices = prices;
    }

    public async Task<int> Charge(int total, Context context)
    {
        return total + _prices.Fee(1);
    }
}
""",
        "Fee(1)",
        "Fee(2)",
        "src/Shop.csproj",
    ),
    "php": Sample(
        "src/Pay.php",
        """\
<?php

namespace Shop;

final class Pay
{
    public function __construct(private readonly Prices $prices)
    {
    }

    public function charge(int $total, LDContext $context): int
    {
        return $total + $this->prices->fee(1);
    }
}
""",
        "fee(1)",
        "fee(2)",
        "composer.json",
    ),
    "ruby": Sample(
        "app/pay.rb",
        """\
def charge(total, context)
  total + 1
end
""",
        "+ 1",
        "+ 2",
        "Gemfile",
    ),
    "rust": Sample(
        "src/pay.rs",
        """\
pub fn charge(total: i64) -> i64 {
    total + 1
}
""",
        "+ 1",
        "+ 2",
        "Cargo.toml",
    ),
    "swift": Sample(
        "Sources/Pay.swift",
        """\
func charge(total: Int) -> Int {
    return total + 1
}
""",
        "+ 1",
        "+ 2",
        "Package.swift",
    ),
}
_HOOK = "export function useTotal(total{}) {\n  const sum = total + 1;\n  return sum;\n}\n"


def _sample(language: str, template: WrapTemplate) -> Sample:
    found = _SAMPLES[language]
    if template.scope != "component":
        return found
    path, kind = ("src/useTotal.ts", ": number") if language == "typescript" else ("src/useTotal.js", "")
    return replace(found, path=path, text=_HOOK.replace("{}", kind, 1), old="+ 1", new="+ 2")


def _all() -> list[tuple[LanguagePack, SdkPack, WrapTemplate]]:
    return [(pack, sdk, template) for pack in packs().languages for sdk in pack.sdks for template in sdk.templates]


def _asks_what_is_at_hand(template: WrapTemplate) -> bool:
    """Templates for a client that nothing in them makes or brings in are shown, never written."""
    found = re.match(r"(?:await )?[$&]*(\w+)", template.condition)
    root = found[1] if found is not None else ""
    return template.client is None and not template.handed and root not in template.imports.replace("client;", "")


def _can_be_handed(pack: LanguagePack, template: WrapTemplate) -> bool:
    """Classes whose parameters have no types can't be handed anything by type."""
    return not template.handed or any(rule.name == "parameter" and "type" in rule.roles for rule in pack.shapes)


_WRITTEN = [each for each in _all() if not _asks_what_is_at_hand(each[2]) and _can_be_handed(each[0], each[2])]


def _id(each: tuple[LanguagePack, SdkPack, WrapTemplate]) -> str:
    pack, sdk, template = each
    return f"{pack.id}-{sdk.id}-{template.name}-{'-'.join(template.frameworks[:1])}"


@pytest.mark.parametrize("each", _all(), ids=_id)
def test_what_a_template_shows_parses(each: tuple[LanguagePack, SdkPack, WrapTemplate]) -> None:
    pack, _, template = each
    usage = template.usage.format(key='"new-checkout"')
    text = f"<?php\n{usage}\n" if pack.id == "php" else usage
    wrapped = {
        "java": f"class A {{ void f() {{\n{usage}\n}} }}",
        "csharp": f"class A {{ async Task F() {{\n{usage}\n}} }}",
        "go": f"package a\n\nfunc f() {{\n{usage}\n}}\n",
        "rust": f"async fn f() {{\n{usage}\n}}",
        "kotlin": f"fun f() {{\n{usage}\n}}",
        "typescript": f"async function f() {{\n{usage}\n}}",
        "javascript": f"async function f() {{\n{usage}\n}}",
    }.get(pack.id, text)
    path = "a.tsx" if pack.id == "typescript" else f"a{pack.extensions[-1]}"
    assert not parse(path, wrapped.encode(), pack).errors(), wrapped
    if template.client is not None:
        client = template.client.text.replace("{package}", "shop").replace("{app}", '"app"').strip()
        assert not parse(f"a{pack.extensions[0]}", client.encode(), pack).errors(), client


@pytest.mark.parametrize("each", _WRITTEN, ids=_id)
def test_a_template_is_written_found_and_taken_out_again(each: tuple[LanguagePack, SdkPack, WrapTemplate]) -> None:
    pack, sdk, template = each
    sample = _sample(pack.id, template)
    only = Packs(
        tuple(
            replace(one, sdks=(replace(sdk, templates=(template,)),)) if one.id == pack.id else one
            for one in packs().languages
        )
    )
    old, new = sample.text.encode(), sample.text.replace(sample.old, sample.new).encode()
    listed = " ".join(f'"{name.rstrip("*")}"' for name in (sdk.package, *template.frameworks[:1]))
    files = {sample.path: new, sample.manifest: listed.encode(), "src/lib.rs": b"mod pay;\n"}
    repository = Repository(frozenset(files), files.get, lambda _: {}, only, Config())
    found = wrap_changes(repository, [ChangedFile(sample.path, "modified", old, new, None)], _FLAG)
    assert [hunk.outcome for hunk in found.hunks if hunk.path == sample.path] == ["wrapped"], found.hunks
    assert found.asks[0].place == f"{sdk.id} template"
    after = {**files, **{edit.path: edit.after for edit in found.edits if edit.after is not None}}
    project = Project(after, after.get, only)
    for path in after:
        learn_all(project, path)  # a template may ask through a function of the client's file
    reads = [read for read in find_reads(project, sample.path) if read.flag == _FLAG]
    assert [read.proof == "unproven" for read in reads] == [False], after[sample.path].decode()
    for keep, wanted in ((True, new), (False, old)):
        done = cleanup_project(after, _FLAG, keep, only)
        assert {**after, **{edit.path: edit.after for edit in done.edits}}[sample.path] == wanted
