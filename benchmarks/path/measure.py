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
        self.ways = {}  # of pools, to receive

    def start(self):
        environment = {"SLUICE_INTEGRITY": "lazy", "SLUICE_RECEIVE": "cut", "SLUICE_TRAINING": "wait"}
        run([self.command, "cluster", "start", "--dir", self.dir, "--osds", str(self.osds), "--size", str(self.osds)], START_TIMEOUT + 300, environment)

    def pool(self, integrity="lazy"):
        """A fresh one."""
        self.last_pool += 1
        name = f"path{self.last_pool}"
        run([self.command, "pool", "create", name, "--dir", self.dir])
        if integrity != "lazy":
            run([self.command, "pool", "set", name, "integrity", integrity, "--dir", self.dir])
        return name

    def receive(self, pool, way):
        """From now on."""
        if self.ways.get(pool, "cut") != way:
            run([self.command, "pool", "set", pool, "receive", way, "--dir", self.dir])
            self.ways[pool] = way

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
        self.first = self.main()
        self.sizes = [] if args.quick else self.other_sizes()
        self.warmed = set(WARMED_BY_OTHERS)
        self.up = False
        self.warm = min(args.warm, 6 * args.minutes)  # seconds
        self.budget.plan(len(self.young) + sum(len(cells) for cells in self.first + self.sizes), self.warm)

    def main(self):
        """What the aims are for, by client and mode, and the forced ways. Each group is measured in one pool."""
        ingest = [] if self.args.quick else [group(Case(self.osds, 4 * MIB, "own", "write", "cut", "ingest", "tee"), WRITE, COLD, WARM) + self.forced("own", "ingest")]
        found = [group(Case(self.osds, 4 * MIB, "own", "write", "cut", "lazy", "stream"), WRITE, COLD, WARM)] + ingest
        if "rados" in self.clients:  # who sends no vector is looked at in either mode
            found.append(group(Case(self.osds, 4 * MIB, "rados", "write", "cut", "lazy", "memfd"), WRITE, COLD, WARM) + self.forced("rados", "lazy"))
        return found if self.args.quick else found[:1] + [self.forced("own", "lazy")] + found[1:]

    def forced(self, client, integrity):
        return [Case(self.osds, 4 * MIB, client, "write", way.receive, integrity, way.mode)
                for way in FORCED if (way.client, way.integrity) == (client, integrity) and not self.args.quick]

    def other_sizes(self):
        """A group a client."""
        return [[case for size in OTHER_SIZES
                 for case in group(Case(self.osds, size, client, "write", "cut", "lazy", "stream" if client == "own" else "memfd"), WRITE, COLD)]
                for client in self.clients]

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
        groups = [found for found in map(self.robbed, self.first + self.sizes) if found] if spoiled else self.first
        for turn in range(turns):
            for cells in groups if turn % 2 == 0 else groups[::-1]:
                if self.budget.has(len(cells) * (self.args.seconds + BETWEEN)):
                    self.cells(cells)

    def robbed(self, cells):
        """Of a group: what the host spoiled, and the writes that it reads."""
        found = [case for case in cells if self.results.spoiled([case])]
        needed = {case._replace(kind=WRITE, limit=None) for case in found}
        return [case for case in cells if case in found or case.kind == WRITE and case._replace(limit=None) in needed]

    def cells(self, cells):
        """A group, in a pool of its own: a write, and the same objects read from the disk and from memory; other ways, other sizes."""
        pool = None
        try:
            for case in cells:
                if self.budget.late() or not self.up:
                    self.results.left_out.append(case)
                    continue
                pool = self.prepared(pool, case)
                seconds = self.budget.next_cell()
                if case.kind == COLD:
                    self.cluster.drop_own_cache()
                    drop_page_cache()
                elif case.kind == WARM and case.client == "own":  # librados' reads of this size leave the page cache alone
                    self.cluster.bench(pool, case.client, "seq", case.size, seconds + 1)
                self.cell(pool, case, seconds)
        except (RuntimeError, subprocess.SubprocessError) as failure:
            log(f"{case.client} {words(case.size)} {case.kind}: {failure}")
            self.results.left_out += cells[cells.index(case) + 1:]  # their pool has not what they need
            self.results.failure(f"{case.osds} OSDs, {case.client}, {words(case.size)} {case.kind}, {case.receive} {case.integrity}: "
                                 f"{str(failure).splitlines()[0][:200]}")
        finally:
            if pool:
                self.cluster.drop(pool)

    def prepared(self, pool, case):
        """The group's pool, as the case wants it; a way that nothing took before is run in first."""
        receive = case.receive.split(",")[0]
        pool = pool or self.cluster.pool(case.integrity)
        self.cluster.receive(pool, receive)
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
        return f"{self.osds} OSD{'s' * (self.osds > 1)}"


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
