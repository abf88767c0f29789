"""Starts a cluster for each way to receive, drives it, and the C program right afterwards."""
import json
import shutil
import subprocess
from collections import namedtuple

from compare.cases import words
from compare.meter import Metered
from compare.rounds import log, sample
from compare.sides import START_TIMEOUT, Sluice, run

MIB = 1 << 20
SIZES = [4096, 1 << 16, MIB, 4 * MIB, 16 * MIB]
GRACE = 90
WARM_SECONDS = 2

# receive: SLUICE_RECEIVE; loads: (client, kind, mode of the C program), sizes: all or only 4 MiB
Way = namedtuple("Way", "receive integrity loads every_size")
WAYS = [
    Way("cut", "lazy", [("own", "write", "stream"), ("own", "seq", "read"), ("rados", "write", "memfd"), ("rados", "seq", "read")], True),
    Way("cut", "ingest", [("own", "write", "tee")], True),
    Way("whole", "lazy", [("own", "write", "stream")], False),
    Way("slot", "lazy", [("own", "write", "memfd")], False),
    Way("pipe", "lazy", [("rados", "write", "stream")], False),
    Way("memory", "lazy", [("own", "write", "memory"), ("rados", "write", "memory")], False),
]
Case = namedtuple("Case", "osds size client kind receive integrity limit")


class Cluster(Sluice):
    def __init__(self, work, osds, way):
        super().__init__(work, osds, way.integrity)
        self.way = way
        self.last_pool = 0

    def start(self):
        environment = {"SLUICE_INTEGRITY": self.way.integrity, "SLUICE_RECEIVE": self.way.receive}
        run([self.command, "cluster", "start", "--dir", self.dir, "--osds", str(self.osds), "--size", str(self.osds)], START_TIMEOUT + 300, environment)

    def pool(self):
        """A fresh one."""
        self.last_pool += 1
        name = f"path{self.last_pool}"
        run([self.command, "pool", "create", name, "--dir", self.dir])
        return name

    def drop(self, pool):
        run([self.command, "pool", "rm", pool, pool, "--yes-i-really-really-mean-it", "--dir", self.dir], check=False)

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
            perf = json.loads(run([self.command, "daemon", f"osd.{osd}", "perf", "dump", "--dir", self.dir]))
            direct += perf["zerocopy"]["direct_bytes"]
            staged += perf["store"]["staged_bytes"]
        return direct, staged


def shape(work, osds, args, program, results):
    has_rados = bool(shutil.which("rados"))
    if not has_rados:
        log("no `rados` (package ceph-common): librados is left out")
    for way in WAYS[:2] if args.quick else WAYS:
        loads = [load for load in way.loads if load[0] == "own" or has_rados]
        if not loads:
            continue
        cluster = Cluster(work, osds, way)
        try:
            cluster.start()
            warm_up(cluster, {load[0] for load in loads})
            for turn in range(args.rounds):
                sizes = SIZES if way.every_size and turn == 0 and not args.quick else [4 * MIB]
                for size in sizes:
                    one_size(cluster, way, size, loads, args, program, results)
        except (RuntimeError, subprocess.SubprocessError) as failure:
            log(f"{osds} OSDs, {way.receive} {way.integrity}: {failure}")
            results.failure(f"{osds} OSDs, {way.receive} {way.integrity}: {str(failure).splitlines()[0][:200]}")
        finally:
            cluster.stop()
            cluster.remove()


def warm_up(cluster, clients):
    """The daemons are JVMs, which compile what runs often."""
    for client in sorted(clients):
        pool = cluster.pool()
        for size in (4 * MIB, 1 << 16):
            cluster.bench(pool, client, "write", size, WARM_SECONDS)
        cluster.drop(pool)


def one_size(cluster, way, size, loads, args, program, results):
    for client in sorted({load[0] for load in loads}):
        pool = cluster.pool()
        try:
            for _, kind, mode in [load for load in loads if load[0] == client]:
                case = Case(cluster.osds, size, client, kind, way.receive, way.integrity, mode)
                direct, staged = cluster.moved()
                figures = cluster.bench(pool, client, kind, size, args.seconds)
                direct_after, staged_after = cluster.moved()
                figures["direct"] = 100.0 * (direct_after - direct) / (staged_after - staged) if staged_after > staged else None
                results.add(case, figures, program.run(mode, size, cluster.osds))
        except (RuntimeError, subprocess.SubprocessError) as failure:
            log(f"{client} {words(size)}: {failure}")
            results.failure(f"{cluster.osds} OSDs, {client}, {words(size)}, {way.receive} {way.integrity}: {str(failure).splitlines()[0][:200]}")
        finally:
            cluster.drop(pool)
