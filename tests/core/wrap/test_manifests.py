"""Which SDK and which template a repository without flags gets, and what it is told to install."""

from __future__ import annotations

from featureops.core.config import Config
from featureops.core.model import ChangedFile
from featureops.core.pack import LanguagePack
from featureops.core.project import Project
from featureops.core.wrap.change import Wrapped, wrap_changes
from featureops.core.wrap.manifests import Manifests, sdk_for, templates_for
from featureops.core.wrap.repository import Repository
from featureops.languages import packs


def _pack(language: str) -> LanguagePack:
    found = packs().by_id(language)
    assert found is not None
    return found


def _chosen(files: dict[str, bytes], path: str, language: str) -> tuple[str, str]:
    """The SDK and the first template for a file."""
    pack = _pack(language)
    near = Manifests(Project(files, files.get, packs())).near(path, pack)
    sdk = sdk_for(pack, near)
    assert sdk is not None
    return sdk.id, templates_for(sdk, near, "", markup=False)[0].imports or sdk.templates[-1].name


def _wrapped(files: dict[str, bytes], path: str, old: bytes, new: bytes) -> Wrapped:
    files = {**files, path: new}
    repository = Repository(frozenset(files), files.get, lambda _: {}, packs(), Config())
    return wrap_changes(repository, [ChangedFile(path, "modified", old, new)], "new-checkout")


def test_the_nearest_manifest_that_names_an_sdk_decides() -> None:
    files = {
        "package.json": b'{"dependencies": {"unleash-client": "6"}}',
        "web/package.json": b'{"dependencies": {"@openfeature/react-sdk": "1", "react": "18"}}',
    }
    assert _chosen(files, "server/pay.ts", "typescript")[0] == "unleash"
    assert _chosen(files, "web/src/Pay.tsx", "typescript")[0] == "openfeature"


def test_without_an_sdk_the_preferred_one_is_taken_with_the_template_of_the_framework() -> None:
    files = {"package.json": b'{"dependencies": {"react": "18"}, "devDependencies": {"react-dom": "18"}}'}
    assert _chosen(files, "src/Pay.tsx", "typescript") == (
        "unleash",
        "import { useFlag } from '@unleash/proxy-client-react';",
    )


def test_a_package_of_a_longer_name_is_another_one() -> None:
    files = {"requirements.txt": b"djangorestframework==3\nfeature-openfeature-sdk-x==1\n"}
    pack = _pack("python")
    near = Manifests(Project(files, files.get, packs())).near("shop/pay.py", pack)
    assert [manifest.path for manifest in near] == ["requirements.txt"]
    assert not near[0].names("django")
    assert not near[0].names("openfeature-sdk")


def test_what_is_missing_is_named_in_the_terms_of_the_manifest() -> None:
    old, new = b"def f():\n    return 1\n", b"def f():\n    return 2\n"
    lacking = _wrapped({"pyproject.toml": b'[project]\ndependencies = ["httpx"]\n'}, "app.py", old, new)
    assert lacking.packages == ('"UnleashClient" in the dependencies (pyproject.toml)',)
    there = _wrapped({"pyproject.toml": b'[project]\ndependencies = ["unleashclient>=6"]\n'}, "app.py", old, new)
    assert there.packages == ()
    bare = _wrapped({}, "app.py", old, new)
    assert bare.packages == ("UnleashClient",)


_PAY = b"<?php\n\nnamespace Shop;\n\nclass Pay\n{\n    public function fee(): int\n    {\n        return 1;\n    }\n}\n"


def test_where_nothing_loads_classes_by_itself_the_answer_says_what_does() -> None:
    new = _PAY.replace(b"return 1", b"return 2")
    told = _wrapped({}, "src/Pay.php", _PAY, new).packages
    assert any("require_once 'src/FeatureFlags.php'" in each for each in told)
    loads = b'{"autoload": {"psr-4": {"Shop\\\\": "src/"}}}'
    assert not any(
        "require_once" in each for each in _wrapped({"composer.json": loads}, "src/Pay.php", _PAY, new).packages
    )
