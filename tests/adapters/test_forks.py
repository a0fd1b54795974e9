from __future__ import annotations

import os
import threading

import pytest

from featureops.adapters.forks import Forks


class TwoForks(Forks):
    count = 2


def test_parts_are_worked_on_by_different_processes_and_come_back_in_order() -> None:
    found = TwoForks().each(lambda part: (part * 2, os.getpid()), [1, 2, 3])
    assert [number for number, _ in found] == [2, 4, 6]
    assert found[0][1] == os.getpid()
    assert len({process for _, process in found}) == 3


def test_a_large_answer_fits_through() -> None:
    assert TwoForks().each(lambda part: b"x" * part, [1, 5_000_000])[1] == b"x" * 5_000_000


def test_a_part_whose_process_fails_is_done_again_here_and_its_error_seen() -> None:
    here = os.getpid()

    def work(part: int) -> int:
        if part == 2 and os.getpid() != here:
            os._exit(3)
        return part

    assert TwoForks().each(work, [1, 2]) == [1, 2]
    with pytest.raises(ZeroDivisionError):
        TwoForks().each(lambda part: 1 // part, [1, 0])


def test_no_child_is_left_when_this_process_gives_up() -> None:
    here = os.getpid()

    def work(part: int) -> int:
        if os.getpid() != here:
            threading.Event().wait(60 * part)
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        TwoForks().each(work, [1, 2])
    with pytest.raises(ChildProcessError):
        os.waitpid(-1, os.WNOHANG)


def test_a_process_with_several_threads_is_not_forked() -> None:
    stop = threading.Event()
    thread = threading.Thread(target=stop.wait)
    thread.start()
    try:
        assert Forks().count == 1
        assert set(Forks().each(lambda _: os.getpid(), [1, 2])) == {os.getpid()}
    finally:
        stop.set()
        thread.join()
