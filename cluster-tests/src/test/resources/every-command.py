"""Runs every line of ceph-commands.txt as arguments of the unmodified /usr/bin/ceph, each for 20 s at most, four at a time.

  CEPH_CONF=... every-command.py LIST [NAME=VALUE ...]

A line "wait" stands where what comes needs what went before. Prints "LINE EXIT WORDS: LAST LINE OF ITS OUTPUT"; EXIT is 124 for one that hangs, 128 + N for one that died of signal N.
`ceph` is loaded once and forked per line, since Python takes longer to load it than the cluster to answer. With the value CEPH=real lines of no recorded exit code ("*") are left out.
"""
import importlib.machinery
import importlib.util
import os
import signal
import sys
import tempfile
import time

SECONDS = 20
AT_ONCE = 4

loader = importlib.machinery.SourceFileLoader("ceph_cli", "/usr/bin/ceph")
ceph = importlib.util.module_from_spec(importlib.util.spec_from_loader("ceph_cli", loader))
loader.exec_module(ceph)


def start(number, words):
    output = tempfile.TemporaryFile()
    child = os.fork()
    if child == 0:
        os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
        os.dup2(output.fileno(), 1)
        os.dup2(output.fileno(), 2)
        code = 70
        try:
            sys.argv = ["ceph"] + words
            code = ceph.main() or 0
        except SystemExit as e:
            code = e.code if isinstance(e.code, int) else 1
        except BaseException as e:
            print("ceph failed: %r" % e)
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code & 0xff)
    return child, (number, words), output, time.monotonic() + SECONDS


def ended(running):
    """True when it is over, which is printed then."""
    child, (number, words), output, until = running
    pid, status = os.waitpid(child, os.WNOHANG)
    if pid == 0 and time.monotonic() < until:
        return False
    if pid == 0:
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        code = 124
    else:
        code = os.WEXITSTATUS(status) if os.WIFEXITED(status) else 128 + os.WTERMSIG(status)
    output.seek(0)
    lines = output.read().decode(errors="replace").strip().splitlines()
    print("%d %d %s: %s" % (number, code, " ".join(words), lines[-1][:200] if lines else ""), flush=True)
    return True


values = dict(each.split("=", 1) for each in sys.argv[2:])
waiting = []
with open(sys.argv[1]) as listed:
    for number, line in enumerate(listed, 1):
        exit, *words = line.split(" #")[0].split() or [""]
        if exit.startswith("#") or not exit or (exit == "*" and values.get("CEPH") == "real"):
            continue
        for name, value in values.items():
            words = [word.replace("$" + name, value) for word in words]
        waiting.append((number, words or [exit]))
running = []
while waiting or running:
    while waiting and len(running) < AT_ONCE and not (running and waiting[0][1] == ["wait"]):
        number, words = waiting.pop(0)
        if words != ["wait"]:
            running.append(start(number, words))
    running = [each for each in running if not ended(each)]
    time.sleep(0.01)
