"""The commands of one group of `chonai`, as any process carries them out."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from assistant.opening import Assistant
from assistant.owner import CommandResult
from ui.commands.dispatch import run_command


@dataclass(frozen=True)
class CommandGroup:
    """Commands by the word after their group's (`list` of `chonai jobs list`)."""

    assistant: Assistant
    group: str

    def run(self, command: str, /, **arguments: Any) -> CommandResult:
        """Carry a command out; its document must be JSON."""
        name = f"{self.group}-{command}"
        result = run_command(self.assistant, name, arguments, lambda _: None)
        json.dumps(result.document)
        return result

    def done(self, command: str, /, **arguments: Any) -> Any:
        """Carry out what must succeed; return its document."""
        result = self.run(command, **arguments)
        assert result.status == 0, result.lines
        return result.document

    def refused(self, command: str, /, **arguments: Any) -> str:
        """Carry out what must be refused as wrong usage, with what to do; return the words."""
        result = self.run(command, **arguments)
        assert (result.status, set(result.document)) == (2, {"error"}), result
        assert "ください" in result.document["error"]
        return str(result.document["error"])
