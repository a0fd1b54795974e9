"""Files that hold another language: parsed in their script parts only, with the offsets of the whole file."""

from __future__ import annotations

from pathlib import Path

import pytest

from featureops.app import detect, wrap
from featureops.app.deps import Modes
from featureops.cli.compose import compose
from featureops.core.cleanup import cleanup_project
from featureops.core.errors import BadArgument
from featureops.core.reads import find_reads
from featureops.languages import packs
from tests.core.sources import program
from tests.server.talk import repository

SCRIPT = "import { useFlag } from '@unleash/proxy-client-vue';\nconst on = useFlag('new-checkout');\n"
VUE = f'<template>\n  <p v-if="on">é</p>\n</template>\n\n<script setup lang="ts">\n{SCRIPT}</script>\n'


def test_offsets_and_lines_are_those_of_the_whole_file() -> None:
    project = program({"a.vue": VUE})
    file = project.file("a.vue")
    assert file is not None
    assert (file.pack.id, file.data, file.errors()) == ("vue", VUE.encode(), frozenset())
    (read,) = find_reads(project, "a.vue")
    assert file.data[read.node.start : read.node.end] == b"useFlag('new-checkout')"
    assert (file.line_of(read.node.start), file.column_of(read.node.start)) == (7, 12)


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        (VUE.replace("\n", "\r\n"), [7]),
        ("\ufeff" + VUE, [7]),
        (f"<SCRIPT lang='ts'>\n{SCRIPT}</SCRIPT >", [3]),
        (f"<script>\n{SCRIPT}</script>\n<p>useFlag('x')</p>\n<script setup>\nuseFlag('y');\n</script>", [3, 7]),
        ("<p>useFlag('new-checkout')</p>", []),
        ("", []),
        ("<script></script>", []),
        (f"<script src='x'>\n{SCRIPT}", []),
    ],
)
def test_only_script_parts_are_read(text: str, lines: list[int]) -> None:
    project = program({"a.vue": text})
    found = find_reads(project, "a.vue")
    assert [read.node.file.line_of(read.node.start) for read in found] == lines


def test_one_file_s_parts_are_not_those_of_the_next() -> None:
    project = program({"a.vue": VUE, "b.svelte": VUE, "c.ts": SCRIPT, "d.vue": "<p />"})
    assert [len(find_reads(project, path)) for path in ("a.vue", "b.svelte", "c.ts", "d.vue", "c.ts")] == [
        1,
        1,
        1,
        0,
        1,
    ]


def test_a_script_part_imports_files_of_its_language() -> None:
    script = SCRIPT.replace("'new-checkout'", "KEY").replace("import", "import { KEY } from './keys';\nimport", 1)
    project = program({"a.vue": f"<script>\n{script}</script>", "keys.ts": "export const KEY = 'new-checkout';\n"})
    assert [read.flag for read in find_reads(project, "a.vue")] == ["new-checkout"]


@pytest.mark.parametrize(
    ("path", "language"),
    [
        ("a.vue", "vue"),
        ("a.svelte", "svelte"),
        ("a.html", "html"),
        ("a.html.erb", "erb"),
        ("a.html.twig", "twig"),
        ("a/A.BLADE.PHP", "blade"),
        ("a.ts", "typescript"),
        ("vue", ""),
        ("a.txt", ""),
    ],
)
def test_a_host_is_known_by_its_name(path: str, language: str) -> None:
    assert packs().language_of(path) == language


def test_cleanup_edits_the_script_and_what_it_decides_in_the_markup() -> None:
    files = {
        "a.vue": VUE.replace("');\n</", "').value;\n</").encode(),
        "b.ts": b"import { useFlag } from '@unleash/proxy-client-vue';\n"
        b"export const f = () => useFlag('new-checkout').value;\n",
    }
    result = cleanup_project(files, "new-checkout", True, packs())
    after = {edit.path: edit.after for edit in result.edits}
    assert after["a.vue"] == '<template>\n  <p>é</p>\n</template>\n\n<script setup lang="ts">\n</script>\n'.encode()
    assert (list(after), result.verdict, result.leftovers) == (["a.vue", "b.ts"], "complete", ())


def test_a_name_that_the_markup_uses_stays_in_the_script() -> None:
    before = VUE.replace('v-if="on"', 'v-for="x in on"').encode()
    result = cleanup_project({"a.vue": before}, "new-checkout", True, packs())
    (edit,) = result.edits
    assert edit.after is not None
    assert b'v-for="x in on"' in edit.after
    assert b"const on = true;" in edit.after
    assert [(item.line, item.kind) for item in result.leftovers] == [(2, "markup")]


def test_cleanup_leaves_a_host_that_it_can_not_edit_and_says_where_and_why() -> None:
    files = {
        "a.html.erb": b'<% if UNLEASH.is_enabled?("new-checkout") %><b>new</b><% end %>\n',
        "b.rb": b"require 'unleash'\nUNLEASH = Unleash::Client.new(url: 'u')\n"
        b"def f = UNLEASH.is_enabled?('new-checkout')\n",
    }
    result = cleanup_project(files, "new-checkout", True, packs())
    assert [edit.path for edit in result.edits] == ["b.rb"]
    left = [(item.path, item.line, item.kind) for item in result.leftovers if item.kind != "mention"]
    assert left == [("a.html.erb", 1, "not-foldable")]
    assert "by hand" in next(item.reason for item in result.leftovers if item.kind == "not-foldable")
    assert result.verdict == "partial"


def test_what_a_host_uses_is_put_in() -> None:
    files = {
        "flags.ts": b"import { isEnabled } from 'unleash-client';\n"
        b"export const isNew = () => isEnabled('new-checkout');\n",
        "a.vue": b"<script>\nimport { isNew } from './flags';\nif (isNew()) go();\n</script>\n",
    }
    result = cleanup_project(files, "new-checkout", True, packs())
    after = {edit.path: edit.after for edit in result.edits}
    assert after["a.vue"] == b"<script>\ngo();\n</script>\n"


def test_what_only_the_markup_of_a_host_uses_is_kept() -> None:
    files = {
        "flags.ts": b"import { isEnabled } from 'unleash-client';\n"
        b"export const isNew = () => isEnabled('new-checkout');\n",
        "a.vue": b"<script setup>\nimport { isNew } from './flags';\n</script>\n"
        b'<template><p v-if="isNew()">new</p></template>\n',
    }
    result = cleanup_project(files, "new-checkout", True, packs())
    after = {edit.path: edit.after for edit in result.edits}
    assert list(after) == ["flags.ts"]
    assert b"isNew = () => true" in (after["flags.ts"] or b"")


@pytest.mark.parametrize(
    "text",
    [
        '<p v-if="on">new',  # not closed
        '<p v-if="on">new</b>',
        "<p v-if=on >new</p><p :a='on++' />",  # written
        '<p v-if="on && load()" v-else>new</p>',
        '<p v-if="other">a</p>text<p v-else-if="on">b</p>',
        '<template v-if="on" :key="1"><b/></template>',
        '<p v-pre><b v-if="on">{{ on }}</b></p>',
    ],
)
def test_markup_that_is_not_sure_stays(text: str) -> None:
    before = VUE.replace('<p v-if="on">é</p>', text).encode()
    result = cleanup_project({"a.vue": before}, "new-checkout", True, packs())
    for edit in result.edits:
        assert edit.after is not None
        assert text.replace("on && load()", "load()").encode() in edit.after.replace(b"on && load()", b"load()")


def test_the_inventory_and_the_usages_name_the_host(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FEATUREOPS_STATE_DIR", str(tmp_path / "state"))
    deps = compose(repository(tmp_path / "repo", {"a.vue": VUE}), Modes())
    flags = detect.inventory(deps)["flags"]
    assert flags == [
        {"flagName": "new-checkout", "usages": 1, "files": 1, "languages": ["vue"], "sdks": ["unleash"]},
    ]
    rows = detect.usages(deps, "new-checkout")["usages"]
    assert isinstance(rows, list)
    shown = [(row["line"], row["column"], row["kind"], row["language"]) for row in rows if isinstance(row, dict)]
    assert shown == [(2, 12, "mention", "vue"), (7, 12, "read", "vue")]
    with pytest.raises(BadArgument):
        wrap.wrap(deps, flag="x", paths=("a.vue",), lines=(7, 7))


ERB = """<h1>UNLEASH.is_enabled?("text-flag")</h1>
<%# UNLEASH.is_enabled?("note-flag") %>
<%% UNLEASH.is_enabled?("shown-flag") %>
<% if UNLEASH.is_enabled?("a-flag") %>..<% else %>b<% end %>
<% items.each do |item| -%>
  <%= link_to 'x', item do %>é<% end %>
  <%- if UNLEASH.is_enabled? "b-flag" -%>
   c
  <%- end -%>
<% end %>
<%= UNLEASH.is_enabled?(
  'c-flag') && 1 %>
"""


def test_the_tags_of_a_template_are_one_program() -> None:
    client = "require 'unleash'\nUNLEASH = Unleash::Client.new(url: 'u')\n"
    project = program({"app/a.html.erb": ERB, "config/initializers/unleash.rb": client})
    found = find_reads(project, "app/a.html.erb")
    rows = [(read.node.file.line_of(read.node.start), read.flag, read.proof) for read in found]
    assert rows == [(4, "a-flag", "proven"), (7, "b-flag", "proven"), (11, "c-flag", "proven")]
    assert project.damaged() == []
