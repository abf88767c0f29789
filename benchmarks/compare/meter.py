"""Busy time of the whole machine, and memory of processes: what /proc says."""
import os
import resource
import subprocess
import threading
import time

from .steal import LIMIT, Watch

HZ = os.sysconf("SC_CLK_TCK")


def busy_seconds():
    """user + nice + system + irq + softirq of all processors; neither idle, nor waiting for a disk, nor stolen."""
    with open("/proc/stat") as file:
        fields = [int(word) for word in file.readline().split()[1:]]
    return (fields[0] + fields[1] + fields[2] + fields[5] + fields[6]) / HZ


def children_seconds():
    """CPU of this script and of every child that has ended: the clients."""
    return sum(u.ru_utime + u.ru_stime for u in (resource.getrusage(resource.RUSAGE_CHILDREN), resource.getrusage(resource.RUSAGE_SELF)))


def idle_rate(seconds=3.0, tries=4):
    """Busy seconds per second while nobody asks anything of the clusters; the least of some tries while the host steals, which makes all seem busier."""
    least = None
    for _ in range(tries):
        watch, with_own, begin, clients = Watch(), busy_seconds(), time.monotonic(), children_seconds()
        time.sleep(seconds)
        rate = max(0.0, busy_seconds() - with_own - (children_seconds() - clients)) / (time.monotonic() - begin)
        least = rate if least is None else min(least, rate)
        if watch.share() <= LIMIT:
            return rate
    return least


def process_seconds(pids):
    """What the processes themselves are charged: without softirq and writeback done for them, but deaf to a noisy machine."""
    total = 0
    for pid in pids:
        try:
            with open(f"/proc/{pid}/stat") as file:
                fields = file.read().rpartition(")")[2].split()
                total += int(fields[11]) + int(fields[12])
        except OSError:
            pass
    return total / HZ


def thread_ticks(pid):
    """What each thread of a process was charged, in 1/HZ s; none when it has ended."""
    ticks = []
    try:
        for task in os.listdir(f"/proc/{pid}/task"):
            with open(f"/proc/{pid}/task/{task}/stat") as file:
                fields = file.read().rpartition(")")[2].split()
                ticks.append(int(fields[11]) + int(fields[12]))
    except OSError:
        return []
    return ticks


class BusiestThread:
    """The part of a process's CPU that its busiest thread takes: what one thread has to do, no other processor does. Looks a few times a second."""
    PAUSE = 0.2

    def __init__(self, pid):
        self.pid, self.ticks, self.ended = pid, [], threading.Event()
        self.thread = threading.Thread(target=self._watch, daemon=True)
        self.thread.start()

    def _watch(self):
        while not self.ended.wait(self.PAUSE):
            ticks = thread_ticks(self.pid)
            if sum(ticks) >= sum(self.ticks):  # less when threads are ending
                self.ticks = ticks

    def end(self):
        self.ended.set()
        self.thread.join()
        return max(self.ticks, default=0) / max(1, sum(self.ticks))


class Metered:
    """A client's run: its output, its own CPU seconds, those of its busiest thread, those of everybody else meanwhile (idle machine subtracted), those of the
    daemons alone, and what the host stole."""

    def __init__(self, line, idle, timeout, daemons, env=None):
        watch = Watch()
        own, busy, clients, begin = process_seconds(daemons), busy_seconds(), children_seconds(), time.monotonic()
        with subprocess.Popen(line, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, env={**os.environ, **(env or {})},
                              text=True, errors="replace") as client:
            busiest = BusiestThread(client.pid)
            try:
                self.output = client.communicate(timeout=timeout)[0]
            except BaseException:
                client.kill()
                raise
            finally:
                share = busiest.end()
        self.seconds = time.monotonic() - begin
        self.client_cpu = children_seconds() - clients
        self.thread_cpu = self.client_cpu * share
        self.cpu = max(0.0, busy_seconds() - busy - self.client_cpu - idle * self.seconds)
        self.daemon_cpu = process_seconds(daemons) - own
        self.steal = watch.share()
        if client.returncode != 0:
            raise RuntimeError(f"{' '.join(line)} ended with {client.returncode}: {self.output[-500:]}")


def resident_mib(pids):
    total = 0
    for pid in pids:
        try:
            with open(f"/proc/{pid}/status") as file:
                total += next((int(line.split()[1]) for line in file if line.startswith("VmRSS:")), 0)
        except OSError:
            pass
    return total / 1024


def drop_page_cache():
    os.sync()
    with open("/proc/sys/vm/drop_caches", "w") as file:
        file.write("3\n")
