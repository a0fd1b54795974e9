"""The house's own code with a telling name."""

from __future__ import annotations

from textwrap import dedent

import pytest

from featureops.core.reads import find_reads
from tests.core.sources import program

OWN = {
    "python-static": (
        "a.py",
        """
        class FeatureFlags:
            @staticmethod
            def is_enabled(key): return os.environ.get(key)
        FeatureFlags.is_enabled("k")
        """,
    ),
    "python-field": (
        "a.py",
        """
        class FeatureFlags:
            def is_enabled(self, key): return self.table[key]
        class Page:
            def __init__(self):
                self.feature_flags = FeatureFlags()
            def show(self):
                return self.feature_flags.is_enabled("k")
        """,
    ),
    "python-module": ("a.py", 'import feature_flags\nfeature_flags.is_enabled("k")\n'),
    "typescript-object": (
        "a.ts",
        """
        const featureFlags = { isEnabled: (key: string) => localStorage.getItem(key) === '1' };
        featureFlags.isEnabled('k');
        """,
    ),
    "typescript-class": (
        "a.ts",
        """
        class FeatureFlags { isEnabled(key: string) { return localStorage.getItem(key) === '1'; } }
        class Page {
          constructor(private featureFlags: FeatureFlags) {}
          show() { return this.featureFlags.isEnabled('k'); }
        }
        """,
    ),
    "javascript": (
        "a.js",
        """
        class FeatureFlags { static isEnabled(key) { return localStorage.getItem(key) === '1'; } }
        FeatureFlags.isEnabled('k');
        """,
    ),
    "go": (
        "a.go",
        """
        package a
        type FeatureFlags struct{}
        func (f *FeatureFlags) IsEnabled(key string) bool { return false }
        var featureFlags = &FeatureFlags{}
        func show() bool { return featureFlags.IsEnabled("k") }
        """,
    ),
    "java": (
        "a.java",
        """
        class FeatureFlags { static boolean isEnabled(String key) { return Boolean.getBoolean(key); } }
        class Page { boolean show() { return FeatureFlags.isEnabled("k"); } }
        """,
    ),
    "kotlin": (
        "a.kt",
        """
        object FeatureFlags {
            fun isEnabled(key: String): Boolean = System.getProperty(key) != null
        }
        fun show() = FeatureFlags.isEnabled("k")
        """,
    ),
    "csharp": (
        "a.cs",
        """
        class FeatureToggles { public bool IsEnabled(string key) { return false; } }
        class Page { FeatureToggles featureToggles; bool Show() { return featureToggles.IsEnabled("k"); } }
        """,
    ),
    "rust": (
        "a.rs",
        """
        struct FeatureFlags;
        impl FeatureFlags { fn is_enabled(key: &str, context: i32, default: bool) -> bool { default } }
        fn show() -> bool { FeatureFlags::is_enabled("k", 1, false) }
        """,
    ),
    "swift": (
        "a.swift",
        """
        class FeatureFlags {
            static let shared = FeatureFlags()
            func isEnabled(_ key: String) -> Bool { UserDefaults.standard.bool(forKey: key) }
        }
        let show = FeatureFlags.shared.isEnabled("k")
        """,
    ),
    "ruby-class": (
        "a.rb",
        """
        class FeatureFlags
          def self.enabled?(name) = Settings.where(name: name).exists?
        end
        FeatureFlags.enabled?('k')
        """,
    ),
    "ruby-instance": (
        "a.rb",
        """
        class FeatureFlags
          def enabled?(name) = Settings.where(name: name).exists?
        end
        class Page
          def initialize = @feature_flags = FeatureFlags.new
          def show = @feature_flags.enabled?('k')
        end
        """,
    ),
    "php": (
        "a.php",
        """
        <?php
        class FeatureFlags { public function isEnabled(string $key): bool { return getenv($key) === '1'; } }
        class Page {
          public function __construct(private FeatureFlags $featureFlags) {}
          function show() { return $this->featureFlags->isEnabled('k'); }
        }
        """,
    ),
}
ASKING = {
    "from-elsewhere": ("a.py", 'from lamps import feature_flags\nfeature_flags.is_enabled("k")\n'),
    "asks-the-sdk-on-its-way": (
        "a.py",
        """
        from UnleashClient import UnleashClient
        client = UnleashClient("u", "a")
        class FeatureFlags:
            def is_enabled(self, key):
                for each in self.parts: self.known[each] = client.is_enabled(each)
                return self.known[key]
        feature_flags = FeatureFlags()
        feature_flags.is_enabled("k")
        """,
    ),
    "is-made-with-a-client": (
        "a.java",
        """
        import io.getunleash.Unleash;
        class FeatureFlags {
            static Unleash client;
            static boolean isEnabled(String key) { return Cache.of(client).known(key); }
        }
        class Page { boolean show() { return FeatureFlags.isEnabled("k"); } }
        """,
    ),
    "answers-to-any-name": (
        "a.rb",
        """
        class FeatureFlags
          def self.method_missing(name, *given) = UNLEASH.send(name, *given)
        end
        FeatureFlags.enabled?('k')
        """,
    ),
}
MODULE = "def is_enabled(key):\n    return key in TABLE\n"


def proofs(path: str, text: str) -> list[str]:
    files = {path: dedent(text).lstrip(), "feature_flags.py": MODULE}
    return [read.proof for read in find_reads(program(files), path) if read.flag == "k"]


@pytest.mark.parametrize("case", ASKING)
def test_a_telling_name_counts_where_an_sdk_may_be_behind_it(case: str) -> None:
    assert proofs(*ASKING[case]) == ["likely"]


@pytest.mark.parametrize("case", OWN)
def test_the_house_s_own_code_that_asks_no_sdk_is_none_by_its_name(case: str) -> None:
    assert proofs(*OWN[case]) == ["unproven"]
