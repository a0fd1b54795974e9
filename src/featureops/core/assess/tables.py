"""What names mean: the one table of domains, words, modules, callees and paths. Knows no language.

Words are singular and lower case, as `words.split_words` gives them. A pair of words matches side by side. Weights are
what full evidence adds to riskScore; the four tiers (critical 5, high 3, medium 2, low 1) are those of the Unleash MCP
server's guidance, held a little lower because here they add up with what the change does.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

__all__ = [
    "AUTH_WORDS",
    "DOMAINS",
    "ENTRY_WORDS",
    "FRONT_FOLDERS",
    "GENERIC_WORDS",
    "LAYER_NOTES",
    "LOG_METHODS",
    "LOG_OBJECTS",
    "PATH_RULES",
    "QUERY",
    "ROUTE_METHODS",
    "ROUTE_OBJECTS",
    "STOP_WORDS",
    "TITLES",
    "Domain",
    "PathRule",
    "domains_of",
]


@dataclass(frozen=True, slots=True)
class Domain:
    """`strong` words are evidence in any name, `weak` ones only in what is called or defined, and count for less."""

    id: str
    weight: float
    strong: frozenset[str]
    weak: frozenset[str] = frozenset()
    pairs: frozenset[tuple[str, str]] = frozenset()
    modules: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class PathRule:
    """Where a file belongs by its path alone: whole folder names, globs of the file name."""

    kind: str
    folders: frozenset[str] = frozenset()
    names: tuple[str, ...] = ()


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


def _pairs(text: str) -> frozenset[tuple[str, str]]:
    couples = (item.split("-") for item in text.split())
    return frozenset((left, right) for left, right in couples)


AUTH_WORDS: Final = _words(
    "auth authenticate authenticated authentication authenticator authorize authorized authorization authorise "
    "authorised authorisation login logout signin signout password passwd passphrase credential oauth oidc saml jwt "
    "sso mfa otp totp permission permitted acl rbac csrf xsrf impersonate impersonation passkey webauthn superuser"
)

DOMAINS: Final = (
    Domain(
        "authentication",
        4.0,
        AUTH_WORDS,
        _words("session token role user admin privilege owner scope principal"),
        _pairs("log-in log-out sign-in sign-out access-control api-key access-token refresh-token is-admin two-factor"),
        _words("jwt bcrypt argon2 passport oauthlib authlib jose passlib itsdangerous bcryptjs jsonwebtoken"),
    ),
    Domain(
        "payments",
        4.0,
        _words(
            "payment pay checkout charge refund invoice billing stripe paypal braintree adyen klarna payout ledger vat "
            "chargeback settlement creditcard iban sepa"
        ),
        _words("price pricing discount tax currency subscription cart amount coupon money fee"),
        _pairs("credit-card debit-card gift-card unit-price"),
        _words("stripe paypal braintree adyen paypalrestsdk klarna"),
    ),
    Domain(
        "cryptography",
        4.0,
        _words(
            "encrypt encryption decrypt decryption cipher hmac aes rsa tls ssl keystore cryptography crypto hkdf pbkdf"
        ),
        _words("hash digest signature sign verify certificate nonce salt secret sha"),
        _pairs("private-key public-key secret-key signing-key"),
        _words("cryptography hashlib hmac crypto nacl ssl secrets fernet openssl sodium"),
    ),
    Domain(
        "personal-data",
        3.0,
        _words("ssn passport gdpr pii anonymize anonymise pseudonymize birthdate dob biometric medical patient"),
        _words("email phone address consent profile birthday surname lastname firstname"),
        _pairs("personal-data date-of first-name last-name phone-number email-address social-security home-address"),
    ),
    Domain(
        "deletion",
        3.0,
        _words("purge destroy wipe erase rmtree unlink truncate rmdir hardelete deleted delete deletion"),
        _words("remove drop clear expire archive prune"),
        _pairs("soft-delete hard-delete bulk-delete"),
    ),
    Domain(
        "data-store",
        3.0,
        _words("sql execute executemany transaction rollback upsert savepoint migration queryset"),
        _words("query commit insert save update flush repository bulk cursor"),
        _pairs("raw-query bulk-create bulk-update"),
        _words(
            "sqlalchemy psycopg psycopg2 asyncpg pymysql sqlite3 peewee knex prisma typeorm sequelize mongoose pymongo "
            "mongodb pg mysql2 drizzle"
        ),
    ),
    Domain(
        "code-execution",
        4.0,
        _words("eval subprocess popen deserialize unpickle spawn"),
        _words("exec system shell loads"),
        _pairs("shell-exec exec-file"),
        _words("subprocess pickle marshal child_process vm"),
    ),
    Domain(
        "public-api",
        2.0,
        _words("route router endpoint controller graphql resolver webhook blueprint middleware openapi"),
        _words("handler request response api view serializer"),
        _pairs("api-view"),
        _words("flask fastapi express koa fastify starlette aiohttp rest_framework"),
    ),
    Domain(
        "external-calls",
        2.0,
        _words("fetch axios http https grpc smtp sendmail webhook kafka rabbitmq sqs sns s3 urlopen mailer"),
        _words("publish client upstream gateway remote send notify request retry timeout"),
        _pairs("send-email send-mail send-sms http-client"),
        _words("requests httpx urllib axios boto3 smtplib grpc kafka pika aiohttp got superagent nodemailer twilio"),
    ),
    Domain(
        "concurrency",
        2.0,
        _words("thread mutex semaphore coroutine asyncio deadlock concurrent concurrency executor threadpool atomic"),
        _words("async lock worker queue parallel gather schedule debounce throttle pool job timer interval"),
        _pairs("create-task run-until promise-all promise-race"),
        _words("threading multiprocessing asyncio concurrent celery worker_threads anyio trio gevent"),
    ),
)

ENTRY_WORDS: Final = _words(
    "controller route router handler view page job worker command cmd cli task endpoint api consumer listener resolver "
    "screen activity main app webhook mutation cron scheduler middleware"
)
FRONT_FOLDERS: Final = _words("frontend front client web webapp ui static public")

ROUTE_OBJECTS: Final = _words("app router api server blueprint bp route routes")
ROUTE_METHODS: Final = _words("get post put patch delete route use websocket all head options")
LOG_OBJECTS: Final = _words("log logger logging console logs")
LOG_METHODS: Final = _words("debug info warning warn error exception critical trace log fatal print verbose")

QUERY: Final = (
    r"(?is)^\W*(?:select\s.+\sfrom\s|insert\s+into\s|update\s+\S+\s+set\s|delete\s+from\s|alter\s+table\s|drop\s+\w+\s"
    r"|create\s+(?:unique\s+)?(?:table|index)\s|truncate\s+table\s)"
)

PATH_RULES: Final = (
    PathRule(
        "agent-configuration",
        _words(".claude .cursor .devcontainer .kiro .windsurf"),
        (".mcp.json", "mcp.json", "devcontainer.json", ".cursorrules"),
    ),
    PathRule(
        "generated",
        _words("generated __generated__ dist node_modules vendor third_party"),
        ("*.min.js", "*.min.css", "*.map", "*.generated.*", "*.gen.*", "*_pb2*", "*.pb.*", "*.snap", "*.designer.*"),
    ),
    PathRule(
        "tests",
        _words(
            "test tests __tests__ spec specs e2e testdata testing test_data __mocks__ mocks __fixtures__ fixtures "
            "cypress playwright"
        ),
        ("test_*", "*_test.*", "*.test.*", "*.spec.*", "*_spec.*", "*Test.*", "*Tests.*", "*Spec.*", "*.stories.*"),
    ),
    PathRule(
        "dependencies",
        frozenset(),
        (
            "*.lock",
            "*-lock.json",
            "*-lock.yaml",
            "*.lockb",
            "*.sum",
            "*.resolved",
            "renovate.json",
            "dependabot.yml",
            "*.mod",
        ),
    ),
    PathRule("migration", _words("migrations migration migrate alembic flyway liquibase"), ("*.sql",)),
    PathRule(
        "infrastructure",
        _words(
            ".github .gitlab .circleci .ci .buildkite terraform helm charts k8s kubernetes ansible deploy deployment "
            "docker infra infrastructure .husky"
        ),
        (
            "Dockerfile*",
            "*.dockerfile",
            "docker-compose*",
            "compose.y*ml",
            ".dockerignore",
            "Makefile",
            "makefile",
            "*.mk",
            "*.tf",
            "*.tfvars",
            ".gitlab-ci.yml",
            "Jenkinsfile*",
            "Procfile",
            "justfile",
            "Taskfile.y*ml",
            "CMakeLists.txt",
            "*.bazel",
            "BUILD",
            "WORKSPACE",
            "Vagrantfile",
            "*.nix",
            ".pre-commit-config.yaml",
            "nginx*.conf",
            "azure-pipelines.yml",
            "*.gradle",
            "pom.xml",
        ),
    ),
    PathRule(
        "docs",
        _words("docs doc documentation"),
        (
            "*.md",
            "*.mdx",
            "*.rst",
            "*.adoc",
            "*.txt",
            "README*",
            "LICENSE*",
            "NOTICE*",
            "CHANGELOG*",
            "CONTRIBUTING*",
            "AUTHORS*",
            "CODEOWNERS",
            "CODE_OF_CONDUCT*",
        ),
    ),
    PathRule(
        "configuration",
        frozenset(),
        (
            "*.json",
            "*.jsonc",
            "*.json5",
            "*.yaml",
            "*.yml",
            "*.toml",
            "*.ini",
            "*.cfg",
            "*.conf",
            "*.properties",
            ".env*",
            "*.env",
            ".editorconfig",
            ".git*",
            ".*rc",
            ".*ignore",
            "*.config.*",
            "*.plist",
        ),
    ),
    PathRule(
        "asset",
        frozenset(),
        (
            "*.css",
            "*.scss",
            "*.less",
            "*.svg",
            "*.png",
            "*.jp*g",
            "*.gif",
            "*.webp",
            "*.ico",
            "*.woff*",
            "*.ttf",
            "*.mp4",
            "*.mp3",
            "*.pdf",
            "*.csv",
            "*.tsv",
            "*.po",
            "*.pot",
            "*.mo",
        ),
    ),
)

TITLES: Final[Mapping[str, str]] = {
    "authentication": "authentication or authorisation",
    "payments": "payments",
    "cryptography": "cryptography",
    "personal-data": "personal data",
    "deletion": "deletion",
    "data-store": "stored data",
    "code-execution": "execution of code",
    "public-api": "a public interface",
    "external-calls": "calls to other services",
    "concurrency": "concurrency",
}

LAYER_NOTES: Final[Mapping[str, str]] = {
    "migration": "A flag cannot take a migration back: review it, rehearse it on a copy and deploy it apart from the "
    "code that needs it (expand, migrate, contract). Protect it in CI/CD.",
    "dependencies": "A flag cannot switch a dependency: pin it, read its changes and let the tests in CI decide.",
    "infrastructure": "Build and infrastructure run outside the program, where no flag is read: protect them in CI/CD "
    "(review, staged deployment).",
    "configuration": "Configuration is read before any flag: review it and deploy it in stages.",
    "agent-configuration": "What an assistant or its container may do is decided by sandboxing and permissions, not by "
    "a flag.",
}

STOP_WORDS: Final = _words(
    "a about add added adding adds all allow allows an and are as ask asks at be because behind build by can "
    "change changed changes code create created creates do does done each enable enables every feature file files "
    "fix fixed fixes flag for from function get give gives has have if implement implemented implements improve "
    "in instead into introduce introduces is it its let lets make makes method module more must need needs no not "
    "now of on onto or our please put refactor replace replaced replaces replacing set should show shows so some "
    "src support supports that the their them then this through to update updated updates upgrade use used user "
    "uses using want we when where which will with without"
)


GENERIC_WORDS: Final = _words(
    "service client view controller handler util utility helper index main model api common base core lib type page "
    "component route router init module props state"
)


def domains_of(words: tuple[str, ...], *, weak: bool) -> tuple[tuple[Domain, float], ...]:
    """The domains that a name speaks of, with the strength of the evidence: 1 for a strong word or pair, 0.5 for a weak
    word (only asked where the name is called or defined)."""
    found: list[tuple[Domain, float]] = []
    present = frozenset(words)
    couples = frozenset(pairwise(words))
    for domain in DOMAINS:
        if present & domain.strong or couples & domain.pairs:
            found.append((domain, 1.0))
        elif weak and present & domain.weak:
            found.append((domain, 0.5))
    return tuple(found)
