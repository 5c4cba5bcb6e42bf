"""What a program tries that a rehearsal runs: to reach the network, files, other processes, or more than its share."""

import os
import subprocess
import sys
import sysconfig
from pathlib import Path

import pytest

from tests.conftest import sidecar_executable, unset_environment

# Each prints `escaped` if it worked, and ends with an error if it did not.
ATTEMPTS = {
    "socket of the internet": "import socket; socket.socket(socket.AF_INET, socket.SOCK_STREAM)",
    "socket of the machine": "import socket; socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)",
    "datagram": "import socket; socket.socket(socket.AF_INET, socket.SOCK_DGRAM)",
    "pair of sockets": "import socket; socket.socketpair()",
    "raw system call": """
import ctypes
if ctypes.CDLL(None, use_errno=True).syscall(41, 2, 1, 0) < 0: raise OSError(ctypes.get_errno())
""",
    "x32 system call": """
import ctypes
if ctypes.CDLL(None, use_errno=True).syscall(0x40000000 | 41, 2, 1, 0) < 0: raise OSError(ctypes.get_errno())
""",
    "file outside": "open(CANARY).read()",
    "file of the machine": "open('/etc/passwd').read()",
    "list a folder": "import os; os.listdir(os.path.dirname(CANARY))",
    "write a file": "open(CANARY, 'a').write('x')",
    "make a file": "open('/tmp/made-by-a-rehearsal', 'w').write('x')",
    "make a file among Python's": "import json; open(json.__file__ + '.made', 'w').write('x')",
    "rename": "import os; os.rename(CANARY, CANARY + '.moved')",
    "remove": "import os; os.remove(CANARY)",
    "link": "import os; os.link(CANARY, CANARY + '.link')",
    "rights of a file": "import os; os.chmod(CANARY, 0o777)",
    "time of a file": "import os; os.utime(CANARY, (1, 1))",
    "cut a file": "import os; os.truncate(CANARY, 0)",
    "own environment in /proc": "open('/proc/self/environ').read()",
    "memory of the parent": "import os; open(f'/proc/{os.getppid()}/mem', 'rb').read(1)",
    "fork": "import os; os.fork()",
    "command": "import subprocess; subprocess.run(['/bin/true'], check=True)",
    "shell": "import os\nif os.system('true') != 0: raise OSError",
    "become another program": "import os; os.execv('/bin/sh', ['sh', '-c', 'echo escaped'])",
    "end the parent": "import os; os.kill(os.getppid(), 0)",
    "ptrace": """
import ctypes, os
if ctypes.CDLL(None, use_errno=True).ptrace(16, os.getppid(), 0, 0) < 0: raise OSError(ctypes.get_errno())
""",
    "limits of the parent": "import os, resource; resource.prlimit(os.getppid(), resource.RLIMIT_NOFILE)",
    "wider limits": "import resource; resource.setrlimit(resource.RLIMIT_AS, (-1, -1))",
    "memory": "x = bytearray(2 << 30)",
    "new namespaces": """
import ctypes
if ctypes.CDLL(None, use_errno=True).unshare(0x10000000) < 0: raise OSError(ctypes.get_errno())
""",
    "file in memory to run": "import os; os.memfd_create('x')",
    "shared memory": """
import ctypes
if ctypes.CDLL(None, use_errno=True).shmget(0, 4096, 0o1600) < 0: raise OSError(ctypes.get_errno())
""",
    "secret of the environment": "import os; os.environ['CANARY_SECRET']",
    "open files of the parent": "import os; os.fstat(int(os.environ.get('FD', INHERITED)))",
    "threads without end": """
import threading
stop = threading.Event()
for _ in range(100_000): threading.Thread(target=stop.wait, daemon=True).start()
""",
}


def readable() -> list[str]:
    """Return the files of this Python."""
    paths = [sysconfig.get_paths()[name] for name in ("stdlib", "platstdlib", "purelib", "platlib")]
    paths += [sys.executable, os.path.realpath(sys.executable), str(Path(sys.prefix) / "pyvenv.cfg")]
    return [word for path in paths if Path(path).exists() for word in ("--read", path)]


def sealed(code: str, **more: object) -> "subprocess.CompletedProcess[str]":
    """Run a program of Python under the seal."""
    command = [sidecar_executable(), "sealed", *readable(), "--", sys.executable, "-I", "-B", "-c", code]
    return subprocess.run(command, capture_output=True, text=True, timeout=120, check=False, **more)


def test_python_runs_under_the_seal() -> None:
    done = sealed("import json, threading; t = threading.Thread(target=print, args=(json.dumps([1]),)); t.start()")
    assert (done.returncode, done.stdout) == (0, "[1]\n"), done.stderr


@pytest.mark.parametrize("attempt", ATTEMPTS.values(), ids=ATTEMPTS.keys())
def test_a_sealed_program_does_not_escape(attempt: str, tmp_path: Path) -> None:
    canary = tmp_path / "canary"
    canary.write_text("canary")
    before = canary.stat()
    code = f"CANARY, INHERITED = {str(canary)!r}, '77'\n{attempt}\nprint('escaped')\n"
    done = sealed(code, env={**unset_environment(), "CANARY_SECRET": "x"})
    assert "escaped" not in done.stdout and done.returncode != 0, done
    assert "SyntaxError" not in done.stderr and "NameError" not in done.stderr, done.stderr
    assert canary.read_text() == "canary" and sorted(tmp_path.iterdir()) == [canary]
    assert (canary.stat().st_mode, canary.stat().st_mtime_ns) == (before.st_mode, before.st_mtime_ns)
    assert not Path("/tmp/made-by-a-rehearsal").exists()


def test_a_program_that_cannot_be_started_is_said() -> None:
    done = subprocess.run(
        [sidecar_executable(), "sealed", "--", "/nonexistent/python"], capture_output=True, text=True, check=False
    )
    assert done.returncode == 126 and "/nonexistent/python" in done.stderr
