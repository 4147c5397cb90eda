"""What the operating system knows about processes: their CPU time, their memory, and what everybody else used.

Only Linux tells all of it; `can_measure` says whether it does here.
"""

import os
import platform
import time
from collections.abc import Iterable
from pathlib import Path

PROC = Path("/proc")


def can_measure() -> bool:
    """Whether CPU time and memory of other processes can be read here."""
    return (PROC / "self" / "stat").is_file() and (PROC / "stat").is_file()


def describe() -> dict[str, object]:
    """This machine in a few words, for the head of a report."""
    return {
        "system": platform.platform(), "python": platform.python_version(), "cpus": os.cpu_count(), "model": _model(),
    }


def family(pid: int) -> list[int]:
    """This process and every process below it that lives now."""
    children: dict[int, list[int]] = {}
    for entry in PROC.glob("[0-9]*"):
        fields = _stat(int(entry.name))
        if fields:
            children.setdefault(int(fields[1]), []).append(int(entry.name))
    found, waiting = [], [pid]
    while waiting:
        one = waiting.pop()
        found.append(one)
        waiting += children.get(one, [])
    return found


def cpu_of_family(pid: int) -> float:
    """Seconds of CPU (user and system) that this process and its descendants have used, the ended ones included."""
    living = family(pid)
    return cpu_of(living) + sum(_of_ended_children(one) for one in living)


def cpu_of(pids: Iterable[int]) -> float:
    """Seconds of CPU (user and system) that these processes have used so far, all their threads together."""
    return sum(_cpu(pid) for pid in pids) if can_measure() else 0.0


def busy() -> float:
    """Seconds of CPU that everything on this machine has used since it started, guests and interrupts included."""
    if not can_measure():
        return 0.0
    first = (PROC / "stat").read_text(encoding="ascii").split("\n", 1)[0].split()
    user, nice, system, _idle, _waiting, irq, softirq, steal = map(int, first[1:9])
    return (user + nice + system + irq + softirq + steal) / _ticks()


def memory_of(pids: Iterable[int]) -> float:
    """Mebibytes of memory of these processes, shared pages split among those who share them (PSS)."""
    return sum(_pss(pid) for pid in pids) / 1024


def peak_memory() -> float:
    """Mebibytes that this process held at its highest, shared pages counted whole; 0 where the system does not tell.

    Not `ru_maxrss`, which a process inherits from the one that started it.
    """
    return _kibibytes(PROC / "self" / "status", "VmHWM:") / 1024


def name_of(pid: int) -> str:
    """The short name of a process, empty when there is none of this number."""
    try:
        return (PROC / str(pid) / "comm").read_text(encoding="utf-8").strip()
    except OSError:
        return ""


def _cpu(pid: int) -> float:
    # The CPU clock of another process (clock_getcpuclockid(3)): exact to the nanosecond where /proc counts in ticks.
    try:
        return time.clock_gettime((~pid << 3) | 2)
    except OSError:
        fields = _stat(pid)
        return (int(fields[11]) + int(fields[12])) / _ticks() if fields else 0.0


def _of_ended_children(pid: int) -> float:
    fields = _stat(pid)
    return (int(fields[13]) + int(fields[14])) / _ticks() if fields else 0.0


def _stat(pid: int) -> list[str]:
    """Fields of /proc/<pid>/stat from the state on (field 3 is [0]); empty when the process is gone."""
    try:
        return (PROC / str(pid) / "stat").read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()
    except OSError:
        return []


def _pss(pid: int) -> int:
    return _kibibytes(PROC / str(pid) / "smaps_rollup", "Pss:")


def _kibibytes(file: Path, name: str) -> int:
    """The number on the line of this name; 0 without such a file or line."""
    try:
        lines = file.read_text(encoding="ascii", errors="replace").splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) for line in lines if line.startswith(name)), 0)


def _ticks() -> int:
    return os.sysconf("SC_CLK_TCK")


def _model() -> str:
    try:
        lines = (PROC / "cpuinfo").read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return platform.processor()
    return next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), platform.machine())
