"""The two clusters: started, stopped, asked for their processes."""
import glob
import os
import shutil
import signal
import subprocess

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
START_TIMEOUT = 180
POOL = "bench"


def run(line, timeout=60, env=None, check=True):
    """The output of a command that must succeed."""
    done = subprocess.run(line, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=timeout,
                          env={**os.environ, **(env or {})}, text=True, errors="replace")
    if check and done.returncode != 0:
        raise RuntimeError(f"{' '.join(line)} ended with {done.returncode}: {done.stdout[-2000:]}")
    return done.stdout


class Side:
    """One cluster in a directory of its own. DIR/ceph.conf is what clients use, DIR/*.pid its processes."""

    def __init__(self, work, osds, label):
        self.osds, self.label = osds, label
        self.dir = os.path.join(work, label)
        self.conf = os.path.join(self.dir, "ceph.conf")

    def pids(self, kind):
        found = []
        for path in glob.glob(os.path.join(self.dir, kind + ".*.pid")):
            try:
                with open(path) as file:
                    found.append(int(file.read().strip()))
            except (OSError, ValueError):
                pass
        return found

    def ceph(self, *words, timeout=60):
        return run(["ceph", "-c", self.conf, *words], timeout=timeout)

    def drop_own_cache(self):
        """Drops what the daemons themselves keep in memory; page cache apart."""
        for osd in range(self.osds):
            self.ceph("daemon", os.path.join(self.dir, f"osd.{osd}.asok"), "cache", "drop")

    def kill_left(self):
        """Processes of this cluster that outlived its stop: only those whose command line or environment names its directory."""
        for pid in self.pids("*"):
            try:
                words = b""
                for kind in ("cmdline", "environ"):
                    with open(f"/proc/{pid}/{kind}", "rb") as file:
                        words += file.read()
                if self.dir.encode() in words:
                    os.kill(pid, signal.SIGKILL)
            except OSError:
                pass

    def remove(self):
        shutil.rmtree(self.dir, ignore_errors=True)


class Ceph(Side):
    def __init__(self, work, osds):
        super().__init__(work, osds, "ceph")
        self.script = os.path.join(ROOT, "benchmarks", "peer", "ceph-cluster")

    def start(self):
        run([self.script, "start", self.dir, str(self.osds), "bluestore", str(self.osds)], START_TIMEOUT)

    def stop(self):
        run([self.script, "stop", self.dir], START_TIMEOUT, check=False)

    def version(self):
        return run(["ceph-osd", "--version"]).split("(")[0].strip()


class Sluice(Side):
    """mode: how the OSDs check payloads of our own client, `lazy` (the default) or `ingest`."""
    command = os.path.join(ROOT, "sluice")

    @classmethod
    def version(cls):
        """Which Java runs it. What ./sluice builds and keeps for that Java is there afterwards, and nothing of it is made beside a measurement."""
        return run([cls.command, "--version"], 900, {"SLUICE_TRAINING": "wait"}).splitlines()[-1].split(", ")[-1]

    def __init__(self, work, osds, mode):
        super().__init__(work, osds, "sluice" if mode == "lazy" else "sluice-" + mode)
        self.mode = mode

    def start(self):
        run([self.command, "cluster", "start", "--dir", self.dir, "--osds", str(self.osds), "--size", str(self.osds)],
            START_TIMEOUT + 300, {"SLUICE_INTEGRITY": self.mode, "SLUICE_TRAINING": "wait"})
        self.ceph("osd", "pool", "create", POOL, "32")

    def stop(self):
        if os.path.exists(self.conf):
            run([self.command, "cluster", "stop", "--dir", self.dir], START_TIMEOUT, check=False)
