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
from path.budget import BETWEEN

MIB = 1 << 20
OTHER_SIZES = [4096, 1 << 16, MIB, 16 * MIB]
GRACE = 90
WRITE, COLD, WARM = "write", "read, cold", "read, warm"
STEADY = 0.1  # processors that the JVMs' second compilers may still take

# Ways to receive that are forced, of one pool each: its own way goes before the daemon's. mode: of the C program
Way = namedtuple("Way", "receive client integrity mode")
FORCED = [
    Way("pipe", "own", "lazy", "stream"),
    Way("pipe", "own", "ingest", "tee"),
    Way("slot", "own", "lazy", "memfd"),
    Way("slot", "own", "ingest", "memfd"),
    Way("memory", "own", "lazy", "memory"),
    Way("memory", "own", "ingest", "memory"),
    Way("pipe", "rados", "lazy", "tee"),
    Way("memory", "rados", "lazy", "memory"),
    Way("whole", "own", "lazy", "stream"),
]
WARMED_BY_OTHERS = {"cut", "pipe", "slot"}  # our client's pipes and librados' memory files are what the usual warm-up uses
Case = namedtuple("Case", "osds size client kind receive integrity limit")


class Cluster(Sluice):
    """OSDs of both integrity modes and every way to receive: the pool says which."""

    def __init__(self, work, osds):
        super().__init__(work, osds, "lazy")
        self.last_pool = 0

    def start(self):
        environment = {"SLUICE_INTEGRITY": "lazy", "SLUICE_RECEIVE": "cut"}
        run([self.command, "cluster", "start", "--dir", self.dir, "--osds", str(self.osds), "--size", str(self.osds)], START_TIMEOUT + 300, environment)

    def pool(self, integrity="lazy", receive="cut"):
        """A fresh one."""
        self.last_pool += 1
        name = f"path{self.last_pool}"
        run([self.command, "pool", "create", name, "--dir", self.dir])
        for variable, value, usual in (("integrity", integrity, "lazy"), ("receive", receive, "cut")):
            if value != usual:
                run([self.command, "pool", "set", name, variable, value, "--dir", self.dir])
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
    """One cluster of a number of OSDs: each cell once, the important ones first, and more of it while there is time."""

    def __init__(self, work, osds, args, tools):
        self.args, self.osds = args, osds
        self.program, self.results, self.budget = tools
        self.cluster = Cluster(os.path.join(work, str(osds)), osds)
        self.clients = ["own", "rados"] if shutil.which("rados") else ["own"]
        if len(self.clients) == 1:
            log("no `rados` (package ceph-common): librados is left out")
        self.young = [Case(osds, 4 * MIB, "own", "write", "cut, young", "lazy", "stream")]
        self.first = self.main() + ([] if args.quick else self.forced())
        self.sizes = [] if args.quick else self.other_sizes()
        self.warmed = set(WARMED_BY_OTHERS)
        self.up = False
        self.warm = min(args.warm, 6 * args.minutes)  # seconds
        self.budget.plan(len(self.young) + sum(len(cells) for cells in self.first + self.sizes), self.warm)

    def main(self):
        """What the aims are for, by client and mode. Each group is measured in one pool."""
        found = []
        for client in self.clients:
            for integrity in ("lazy", "ingest"):
                if client == "rados" and integrity == "ingest":
                    continue  # who sends no vector is looked at in either mode
                if not (self.args.quick and integrity == "ingest"):
                    mode = "memfd" if client == "rados" else "stream" if integrity == "lazy" else "tee"
                    found.append(group(Case(self.osds, 4 * MIB, client, "write", "cut", integrity, mode), WRITE, COLD, WARM))
        return found

    def forced(self):
        return [[Case(self.osds, 4 * MIB, way.client, "write", way.receive, way.integrity, way.mode)] for way in FORCED if way.client in self.clients]

    def other_sizes(self):
        return [group(Case(self.osds, size, client, "write", "cut", "lazy", "stream" if client == "own" else "memfd"), WRITE, COLD)
                for size in OTHER_SIZES for client in self.clients]

    def start(self):
        """The cluster, which stays up."""
        if self.budget.late():
            self.results.left_out += self.young
            return
        try:
            self.cluster.start()
            self.up = True
            self.cells(self.young)
            warm_up(self.cluster, self.clients, self.warm)
        except (RuntimeError, subprocess.SubprocessError) as failure:
            self.failed(failure)
        finally:
            self.budget.started(self.warm)

    def failed(self, failure):
        log(f"{self}: {failure}")
        self.results.failure(f"{self}: {str(failure).splitlines()[0][:200]}")

    def measure(self, groups):
        """Each cell once."""
        for cells in groups:
            self.cells(cells)

    def more(self, spoiled, turns):
        """Again, while there is time: what the host spoiled first, then the cases that the aims are for, by turns."""
        groups = [cells for cells in self.first + self.sizes if self.results.spoiled(cells)] if spoiled else self.first
        for turn in range(turns):
            for cells in groups if turn % 2 == 0 else groups[::-1]:
                if self.budget.has(len(cells) * (self.args.seconds + BETWEEN)):
                    self.cells(cells)

    def cells(self, cells):
        """A group, in a pool of its own: a write, and the same objects read from the disk and from memory."""
        pool = None
        try:
            for case in cells:
                if self.budget.late() or not self.up:
                    self.results.left_out.append(case)
                    continue
                pool = pool or self.prepared(case)
                seconds = self.budget.next_cell()
                if case.kind == COLD:
                    drop_page_cache()
                elif case.kind == WARM and case.client == "own":  # librados' reads of this size leave the page cache alone
                    self.cluster.bench(pool, case.client, "seq", case.size, seconds + 1)
                self.cell(pool, case, seconds)
        except (RuntimeError, subprocess.SubprocessError) as failure:
            log(f"{case.client} {words(case.size)} {case.kind}: {failure}")
            self.results.failure(f"{case.osds} OSDs, {case.client}, {words(case.size)} {case.kind}, {case.receive} {case.integrity}: "
                                 f"{str(failure).splitlines()[0][:200]}")
        finally:
            if pool:
                self.cluster.drop(pool)

    def prepared(self, case):
        """A pool for it; a way that nothing took before is run in first."""
        receive = case.receive.split(",")[0]
        pool = self.cluster.pool(case.integrity, receive)
        if receive not in self.warmed:
            self.warmed.add(receive)
            self.cluster.bench(pool, case.client, "write", 1 << 16, 2)
        return pool

    def cell(self, pool, case, seconds):
        """One run, and the C program."""
        direct, staged = self.cluster.moved()
        figures = self.cluster.bench(pool, case.client, "write" if case.kind == WRITE else "seq", case.size, seconds)
        direct_after, staged_after = self.cluster.moved()
        figures["direct"] = 100.0 * (direct_after - direct) / (staged_after - staged) if staged_after > staged else None
        self.results.add(case, figures, self.program.run(case.limit, case.size, self.osds))

    def stop(self):
        try:
            self.cluster.stop()
        finally:
            self.cluster.kill_left()
            self.cluster.remove()

    def __str__(self):
        return f"{self.osds} OSDs"


def end(shapes):
    """Every cluster, also when one of them cannot be ended in its own way."""
    for shape in shapes:
        try:
            shape.stop()
        except (OSError, RuntimeError, subprocess.SubprocessError) as failure:
            log(f"{shape} was not stopped: {failure}")


def group(write, *kinds):
    limits = {WRITE: write.limit, COLD: "read", WARM: "warm"}
    return [write._replace(kind=kind, limit=limits[kind]) for kind in kinds]


def warm_up(cluster, clients, seconds):
    """The daemons are JVMs, which compile what runs often: until their second compilers have little left to do. Operations count, not
    bytes: small pieces that take the same way as large ones bring them about sooner. Every client has one turn at least."""
    begin = time.monotonic()
    busy, turn = [], 0
    while True:
        client = clients[turn % len(clients)]
        pool = cluster.pool()
        try:
            cluster.bench(pool, client, "write", 1 << 16, 4)
            cluster.bench(pool, client, "seq", 1 << 16, 2)
            before, at = cluster.compiler_seconds(), time.monotonic()
            cluster.bench(pool, client, "write", 4 * MIB, 3)
            busy.append((cluster.compiler_seconds() - before) / (time.monotonic() - at))
            cluster.bench(pool, client, "seq", 4 * MIB, 2)
        finally:
            cluster.drop(pool)
        turn += 1
        took = time.monotonic() - begin
        steady = turn >= len(clients) and max(busy[-len(clients):]) < STEADY
        if steady or took + took / turn > seconds:
            log(f"{cluster.osds} OSDs: warmed up for {took:.0f} s, the compilers take {busy[-1]:.2f} processors")
            return
