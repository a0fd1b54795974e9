"""Processes that die in the middle of a write: `python crash_journal.py STATE ROOT`.

Each line on stdin, `VERB STEP`, starts a process of its own (a fork, so that many are cheap). VERB is apply (the saved
plan "crash"), undo or recover. At the STEP-th step, from 0, the process kills itself; with -1 it runs to its end. The
answer is a line of JSON: the exit code as waitpid tells it, and the steps that were reached.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import time
from pathlib import Path

from featureops.adapters.journal import FileJournal

__all__ = ["main"]


def child(state: str, root: str, verb: str, die_at: int, pipe: int) -> None:
    reached = 0

    def step(name: str) -> None:
        nonlocal reached
        if reached == die_at:
            os.kill(os.getpid(), signal.SIGKILL)
        reached += 1
        os.write(pipe, f"{name}\n".encode())

    journal = FileJournal(Path(state), time.time, root, step=step)
    if verb == "apply":
        journal.apply(journal.load("crash"))
    elif verb == "undo":
        journal.undo()
    else:
        journal.recover()


def main(state: str, root: str) -> None:
    for line in sys.stdin:
        verb, die_at = line.split()
        source, target = os.pipe()
        pid = os.fork()
        if pid == 0:
            code = 1
            try:
                child(state, root, verb, int(die_at), target)
                code = 0
            finally:
                os._exit(code)
        os.close(target)
        with os.fdopen(source) as reader:
            steps = reader.read().splitlines()
        _, status = os.waitpid(pid, 0)
        print(json.dumps([os.waitstatus_to_exitcode(status), steps]), flush=True)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2])
