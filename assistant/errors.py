"""Errors that reach a person, each saying what happened and what to do next.

AssistantError
├── UsageError                 wrong input: exit status 2
│   ├── InvalidQuestion
│   ├── SettingsError
│   ├── DirectoryInUse
│   └── UnusableList           a list with lines that cannot be used, all of them named
└── OperationError             something failed: exit status 1
    ├── DataDirectoryError     no permission, no space
    ├── IndexMismatch          the index was made with another embedding model
    ├── UnreadableManual       one file that cannot be ingested
    │   └── PasswordRequired   … until its password is given
    ├── ModelFilesUnavailable  a model file is missing or damaged
    ├── ModelUnavailable       the language model does not answer, or stopped answering
    └── DirectoryUnavailable   the office's directory (LDAP) gives no answer that can be trusted
"""

from collections.abc import Sequence


class AssistantError(Exception):
    """Base of all errors whose message may be shown to staff (Japanese, with the next step)."""

    exit_status = 1


class UsageError(AssistantError):
    """The input is wrong; asking again with other input helps."""

    exit_status = 2


class InvalidQuestion(UsageError):
    """The question is empty, over-long or not text."""


class SettingsError(UsageError):
    """A setting is unknown or has a value that cannot be used."""


class DirectoryInUse(UsageError):
    """Another server already owns the data directory."""


class UnusableList(UsageError):
    """A list has lines that cannot be used; `problems` are all of them, the message the first."""

    _SHOWN = 50

    def __init__(self, what: str, problems: Sequence[str]):
        self.problems = tuple(problems)
        more = len(self.problems) - self._SHOWN
        lines = [what, *self.problems[: self._SHOWN], *([f"ほかに {more} 件"] if more > 0 else [])]
        super().__init__("\n".join(lines))


class OperationError(AssistantError):
    """An operation could not be carried out."""


class DataDirectoryError(OperationError):
    """The data directory cannot be read or written."""


class IndexMismatch(OperationError):
    """The stored vectors belong to another embedding model."""


class UnreadableManual(OperationError):
    """A file cannot be read as a manual."""


class PasswordRequired(UnreadableManual):
    """A file is protected by a password, and none or a wrong one was given."""


class ModelFilesUnavailable(OperationError):
    """A model's files are missing, damaged or cannot be fetched."""


class ModelUnavailable(OperationError):
    """The language model cannot be reached, broke off or answered rubbish."""


class DirectoryUnavailable(OperationError):
    """The office's directory cannot be reached, or not in a way that can be trusted."""
