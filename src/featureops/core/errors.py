"""The exception tree. An ending of a rewrite is never an exception: it is a value (see `core.model`).

FeatureOpsError                     every one carries code, message and hint
├─ UserFixable                      the caller can act: failed tool result, exit code `exit_code`
│  ├─ BadArgument                   2  an argument that can't be used
│  ├─ BadConfiguration              2  featureops.toml or the environment
│  ├─ UnknownFlag                   3  the backend has no such flag
│  ├─ OutsideWorkspace              3  a path that leaves the root
│  ├─ Unwritable                    3  read-only folder, full disk: nothing was changed
│  ├─ MovedOn                       3  a file or flag changed since the plan or the change was made
│  ├─ Denied                        3  read-only mode, the policy, or a declined confirmation
│  ├─ Conflict                      3  it exists already
│  └─ Unreachable                   4  the backend does not answer
└─ Bug                              ours: logged with its traceback and an id
"""

__all__ = [
    "BadArgument",
    "BadConfiguration",
    "Bug",
    "Conflict",
    "Denied",
    "FeatureOpsError",
    "MovedOn",
    "OutsideWorkspace",
    "UnknownFlag",
    "Unreachable",
    "Unwritable",
    "UserFixable",
]


class FeatureOpsError(Exception):
    """Base of everything that featureops raises on purpose.

    `code` is a stable word for machines, `message` says what is wrong and where, `hint` what to do next.
    """

    code = "ERROR"
    exit_code = 1

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


class UserFixable(FeatureOpsError):
    """Somebody outside can mend it: the message and the hint say how."""

    code = "USER_FIXABLE"
    exit_code = 3


class BadArgument(UserFixable):
    code = "BAD_ARGUMENT"
    exit_code = 2


class BadConfiguration(UserFixable):
    code = "BAD_CONFIGURATION"
    exit_code = 2


class UnknownFlag(UserFixable):
    code = "UNKNOWN_FLAG"


class OutsideWorkspace(UserFixable):
    code = "OUTSIDE_WORKSPACE"


class Unwritable(UserFixable):
    code = "UNWRITABLE"


class MovedOn(UserFixable):
    code = "MOVED_ON"


class Denied(UserFixable):
    code = "DENIED"


class Conflict(UserFixable):
    code = "CONFLICT"


class Unreachable(UserFixable):
    code = "UNREACHABLE"
    exit_code = 4


class Bug(FeatureOpsError):
    """A fault of featureops itself."""

    code = "BUG"
