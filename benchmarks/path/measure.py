"""Starts a cluster for each way to receive, drives it, and the C program right afterwards."""
import json
import os
import shutil
import socket
import subprocess
import time
from collections import namedtuple

from compare.cases import words
from compare.meter import HZ, Metered, drop_page_cache
from compare.rounds import log, sample
from compare.sides import START_TIMEOUT, Sluice, run

MIB = 1 << 20
OTHER_SIZES = [4096, 1 << 16, MIB, 16 * MIB]
GRACE = 90
STEADY = 0.1  # processors that the JVMs' second compilers may still take

# receive: SLUICE_RECEIVE; loads: (client, kind, mode of the C program)
Way = namedtuple("Way", "receive loads")
FORCED = [
    Way("whole", [("own", "write", "stream")]),
    Way("slot", [("own", "write", "memfd")]),
    Way("pipe", [("rados", "write", "stream")]),
    Way("memory", [("own", "write", "memory"), ("rados", "write", "memory")]),
]
Case = namedtuple("Case", "osds size client kind receive integrity limit")


class Cluster(Sluice):
    """OSDs of both integrity modes: the pool says which."""

    def __init__(self, work, osds, receive):
        super().__init__(work, osds, "lazy")
        self.receive = receive
        self.last_pool = 0

    def start(self):
        environment = {"SLUICE_INTEGRITY": "lazy", "SLUICE_RECEIVE": self.receive}
        run([self.command, "cluster", "start", "--dir", self.dir, "--osds", str(self.osds), "--size", str(self.osds)], START_TIMEOUT + 300, environment)

    def pool(self, integrity="lazy"):
        """A fresh one."""
        self.last_pool += 1
        name = f"path{self.last_pool}"
        run([self.command, "pool", "create", name, "--dir", self.dir])
        if integrity != "lazy":
            run([self.command, "pool", "set", name, "integrity", integrity, "--dir", self.dir])
        return name

    def drop(self, pool):
        run([self.command, "pool", "rm", pool, "--dir", self.dir])

    def bench(self, pool, client, kind, size, seconds):
        depth = ["-t", "16"]
        line = [self.command, "rados", "--dir", self.dir] if client == "own" else ["rados", "-c", self.conf]
        line += ["-p", pool, "bench", str(seconds), kind] + depth
        if kind == "write":
            line += ["-b", str(size), "--no-cleanup"]
        return sample(Metered(line, 0, seconds + GRACE, self.pids("osd"), {"SLUICE_NO_BUILD": "1"}), size)

    def moved(self):
        """Payload bytes that went to disk without a copy, and all that were staged, so far."""
        direct = staged = 0
        for osd in range(self.osds):
            perf = self.perf(osd)
            direct += perf["zerocopy"]["direct_bytes"]
            staged += perf["store"]["staged_bytes"]
        return direct, staged

    def perf(self, osd):
        """Asked by its admin socket: a command would be one more JVM beside the one to be measured."""
        with socket.socket(socket.AF_UNIX) as asked:
            asked.settimeout(GRACE)
            asked.connect(os.path.join(self.dir, f"osd.{osd}.asok"))
            asked.sendall(b'{"prefix": "perf dump"}\0')
            with asked.makefile("rb") as answer:
                return json.loads(answer.read(int.from_bytes(answer.read(4), "big")))

    def compiler_seconds(self):
        """CPU that the second compilers (C2) of all OSDs have taken so far."""
        ticks = 0
        for pid in self.pids("osd"):
            for task in os.listdir(f"/proc/{pid}/task"):
                try:
                    with open(f"/proc/{pid}/task/{task}/stat") as file:
                        name, _, rest = file.read().rpartition(")")
                except OSError:
                    continue
                if "(C2 Compiler" in name:
                    ticks += sum(int(field) for field in rest.split()[11:13])
        return ticks / HZ


class Shape:
    """One number of OSDs: what is measured there, until the time is over."""

    def __init__(self, work, osds, args, program, results):
        self.work, self.osds, self.args, self.program, self.results = work, osds, args, program, results
        self.clients = ["own", "rados"] if shutil.which("rados") else ["own"]
        if len(self.clients) == 1:
            log("no `rados` (package ceph-common): librados is left out")

    def late(self):
        return time.monotonic() > self.args.deadline

    def main(self, rounds):
        """The cases that the aims are for, rounds of them by turns, then other sizes."""
        with_cluster(self, "cut", self.aims, rounds)

    def aims(self, cluster, rounds):
        self.run(cluster, Case(self.osds, 4 * MIB, "own", "write", "cut, young", "lazy", "stream"))
        warm_up(cluster, self.clients, self.args.warm)
        for turn in range(rounds):
            for client in self.clients if turn % 2 == 0 else self.clients[::-1]:
                self.one_client(cluster, client)
            self.run(cluster, Case(self.osds, 4 * MIB, "own", "write", "cut", "ingest", "tee"))
        if self.args.quick or self.osds > 1:
            return
        for size in OTHER_SIZES:
            for client in self.clients:
                self.other_size(cluster, client, size)

    def one_client(self, cluster, client):
        """A write, and the same objects read from the disk and from memory."""
        write = Case(self.osds, 4 * MIB, client, "write", "cut", "lazy", "stream" if client == "own" else "memfd")
        pool = cluster.pool()
        try:
            self.run(cluster, write, pool)
            drop_page_cache()
            self.run(cluster, write._replace(kind="read, cold", limit="read"), pool)
            if not self.late():
                cluster.bench(pool, client, "seq", write.size, 2 * self.args.seconds)
            self.run(cluster, write._replace(kind="read, warm", limit="warm"), pool)
        except (RuntimeError, subprocess.SubprocessError) as failure:
            self.failed(write, failure)
        finally:
            cluster.drop(pool)

    def other_size(self, cluster, client, size):
        write = Case(self.osds, size, client, "write", "cut", "lazy", "stream" if client == "own" else "memfd")
        pool = cluster.pool()
        try:
            self.run(cluster, write, pool)
            drop_page_cache()
            self.run(cluster, write._replace(kind="read, cold", limit="read"), pool)
        finally:
            cluster.drop(pool)

    def forced(self):
        for way in FORCED:
            with_cluster(self, way.receive, self.one_way, way)

    def one_way(self, cluster, way):
        warm_up(cluster, sorted({load[0] for load in way.loads} & set(self.clients)), self.args.warm / 3)
        for client, kind, mode in way.loads:
            if client in self.clients:
                self.run(cluster, Case(self.osds, 4 * MIB, client, kind, way.receive, "lazy", mode))

    def run(self, cluster, case, pool=None):
        """One run, in a pool of its own unless one is given, and the C program."""
        if self.late():
            self.results.left_out += 1
            return
        own = None if pool else cluster.pool(case.integrity)
        try:
            direct, staged = cluster.moved()
            figures = cluster.bench(pool or own, case.client, "write" if case.kind == "write" else "seq", case.size, self.args.seconds)
            direct_after, staged_after = cluster.moved()
            figures["direct"] = 100.0 * (direct_after - direct) / (staged_after - staged) if staged_after > staged else None
            self.results.add(case, figures, self.program.run(case.limit, case.size, cluster.osds))
        except (RuntimeError, subprocess.SubprocessError) as failure:
            self.failed(case, failure)
        finally:
            if own:
                cluster.drop(own)

    def failed(self, case, failure):
        log(f"{case.client} {words(case.size)} {case.kind}: {failure}")
        self.results.failure(f"{case.osds} OSDs, {case.client}, {words(case.size)} {case.kind}, {case.receive} {case.integrity}: "
                             f"{str(failure).splitlines()[0][:200]}")


def with_cluster(shape, receive, work, argument):
    if shape.late():
        shape.results.left_out += 1
        return
    cluster = Cluster(shape.work, shape.osds, receive)
    try:
        cluster.start()
        work(cluster, argument)
    except (RuntimeError, subprocess.SubprocessError) as failure:
        log(f"{shape.osds} OSDs, {receive}: {failure}")
        shape.results.failure(f"{shape.osds} OSDs, {receive}: {str(failure).splitlines()[0][:200]}")
    finally:
        cluster.stop()
        cluster.remove()


def warm_up(cluster, clients, seconds):
    """The daemons are JVMs, which compile what runs often: until their second compilers have little left to do. Operations count, not
    bytes: small pieces that take the same way as large ones bring them about sooner."""
    begin = time.monotonic()
    while True:
        busy = 0.0
        for client in clients:
            pool = cluster.pool()
            try:
                cluster.bench(pool, client, "write", 1 << 16, 4)
                cluster.bench(pool, client, "seq", 1 << 16, 2)
                before, at = cluster.compiler_seconds(), time.monotonic()
                cluster.bench(pool, client, "write", 4 * MIB, 3)
                busy = max(busy, (cluster.compiler_seconds() - before) / (time.monotonic() - at))
                cluster.bench(pool, client, "seq", 4 * MIB, 2)
            finally:
                cluster.drop(pool)
        took = time.monotonic() - begin
        if busy < STEADY or took > seconds:
            log(f"{cluster.osds} OSDs, {cluster.receive}: warmed up for {took:.0f} s, the compilers take {busy:.2f} processors")
            return
