"""The measuring itself: warm-up, rounds, our own client, 99th percentiles."""
import json
import os
import re
import shutil
import subprocess
import sys
import time

from . import aims, cases
from .cases import Case
from .meter import Metered, drop_page_cache, idle_rate, resident_mib
from .sides import POOL, ROOT, run

NOISY = 0.3  # processors; two idle clusters take a tenth
WARM_SECONDS = 3  # of each load of the warm-up
WHOLE_SECONDS = 20  # in which all objects of a run have been read once
GRACE = 90  # seconds beyond its own that a run may take
KEEP_BYTES = 1 << 20  # objects from here on are removed after use: they would fill the disk
FIO_OBJECTS = {1 << 22: 32, 1 << 16: 512, 1 << 12: 2000}


def has_fio():
    if not shutil.which("fio"):
        return False
    return "rados" in subprocess.run(["fio", "--enghelp"], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True).stdout.split()


def log(text):
    print(time.strftime("%H:%M:%S ") + text, file=sys.stderr, flush=True)


def sample(metered, size):
    """The figures of one run of `rados bench`, Ceph's or ours: they print the same words."""
    def value(label):
        found = re.search(r"^" + re.escape(label) + r"\s*([0-9.e+-]+)", metered.output, re.M)
        return float(found.group(1)) if found else None

    operations = value("Total writes made:") or value("Total reads made:")
    if not operations:
        raise RuntimeError("no operation was made: " + metered.output[-500:])
    took = value("Total time run:")
    p99 = value("99th percentile(s):")
    return {"mb_s": operations * size / 1e6 / took, "iops": operations / took, "avg_ms": value("Average Latency(s):") * 1e3,
            "p99_ms": p99 * 1e3 if p99 is not None else None,
            "cpu_s_gb": metered.cpu / (operations * size / 1e9), "cpu_us_op": metered.cpu / operations * 1e6,
            "osd_s_gb": metered.daemon_cpu / (operations * size / 1e9), "client_us_op": metered.client_cpu / operations * 1e6,
            "thread_us_op": metered.thread_cpu / operations * 1e6, "steal": metered.steal}


def rados(side, case, seconds, idle, run_name):
    line = ["rados", "-c", side.conf, "-p", POOL, "bench", str(seconds), case.kind, "-t", str(case.depth), "--run-name", run_name]
    if case.kind == "write":
        line += ["-b", str(case.size), "--no-cleanup"]
    return sample(Metered(line, idle, seconds + GRACE, side.pids("osd")), case.size)


def read_all(side, run_name, size):
    """Every object of a run once, which is what makes it warm: whoever keeps what was read has it then."""
    rados(side, Case("seq", size, "", 16), WHOLE_SECONDS, 0, run_name)


def clean_up(side, run_name):
    run(["rados", "-c", side.conf, "-p", POOL, "cleanup", "--run-name", run_name], GRACE, check=False)


def warm_up(side, seconds, sizes):
    """Runs every path before it counts, for that long: large sizes once, then the small ones in turn, over and over. Both sides get the same. (The JVM
    compiles what runs often: for an OSD of ours that is most of its CPU until it has served some ten thousand small operations.)"""
    until = time.monotonic() + seconds
    large = [size for size in sizes if size >= KEEP_BYTES]
    small = sorted(size for size in sizes if size < KEEP_BYTES)
    for size in large:
        warm(side, size, f"warm{size}")
        clean_up(side, f"warm{size}")
    turn = 0
    while small and time.monotonic() + 2 * WARM_SECONDS <= until:
        warm(side, small[turn % len(small)], f"warm{turn}")
        turn += 1


def warm(side, size, name):
    for kind in ("write", "rand"):
        rados(side, Case(kind, size, "", 16), WARM_SECONDS, 0, name)


class Deadline:
    """Ends the measuring of a shape in time, whatever the machine does: what is left out then is said."""

    def __init__(self, seconds):
        self.at = time.monotonic() + seconds
        self.left_out = 0

    def over(self):
        return time.monotonic() > self.at

    def passed(self):
        """The same, of a run that is left out for it."""
        self.left_out += self.over()
        return self.left_out > 0


def every_round(args, plan):
    """Which cases are measured in every round: without --full those that an aim names, of sizes of which there are some."""
    named = {case.size for case in plan if aims.names(case)}
    return lambda case: args.full or case.size not in named or aims.names(case)


def measure(sides, osds, plan, args, modes, results, deadline):
    pair = sides[:2]
    sizes = sorted({case.size for case in plan}, reverse=True)
    later = every_round(args, plan)
    idle = idle_rate()
    if idle > NOISY:
        log(f"the idle machine is {idle:.1f} processors busy: somebody else works here, CPU figures mean little")
    results.idle(osds, idle)
    results.disk(osds, disk_mb_s(pair[0].dir))
    if cases.SMALL in sizes:
        one_size(pair, osds, [cases.YOUNG], args, idle, results, 0, deadline)
    for side in sides:
        log(f"{osds} OSDs: warming up {side.label}")
        warm_up(side, args.warm_up if side in pair else 0, sizes)
        if side in sides[1:] and side.mode in modes:
            warm_up_own(side)
    results.versions(pair[0].version())
    for turn in range(args.rounds):
        order = pair if turn % 2 == 0 else pair[::-1]
        for size in sizes:
            one_size(order, osds, [case for case in plan if case.size == size and (turn == 0 or later(case))], args, idle, results, turn, deadline)
        for side in sides[1:]:
            if side.mode in modes and not deadline.passed():
                own_client(side, osds, args, modes, idle, results, turn)
        if turn == 0:
            tails(pair, osds, sizes, args, results, deadline)
        log(f"{osds} OSDs: round {turn + 1} of {args.rounds} done")
    if deadline.left_out:
        results.failures.append(f"{osds} OSDs: time was over ({args.minutes} minutes in all), {deadline.left_out} runs were left out of the last rounds")
    if not deadline.left_out:
        repeat(sides, osds, plan, args, modes, idle, results, deadline)
    for side in pair:
        results.memory(osds, side.label, resident_mib(side.pids("osd")), resident_mib(side.pids("mon") + side.pids("mgr")))


def repeat(sides, osds, plan, args, modes, idle, results, deadline):
    """Once more, while there is time, what the host spoiled each time: with the write that leaves what reads read."""
    spoiled = results.spoiled(osds)
    for size in sorted({case.size for case in plan}, reverse=True):
        cases_of = [case for case in plan if case.size == size]
        if any(case in spoiled for case in cases_of) and not deadline.over():
            again = cases_of[:1] + [case for case in cases_of[1:] if case in spoiled]
            log(f"{osds} OSDs: again, as the host stole: {', '.join(cases.name(case) for case in again)}")
            one_size(sides[:2], osds, again, args, idle, results, args.rounds, deadline)
    for side in sides[1:]:
        if side.mode in modes and "own-" + side.mode in results.spoiled_own(osds) and not deadline.over():
            own_client(side, osds, args, modes, idle, results, args.rounds)


def tails(pair, osds, sizes, args, results, deadline):
    """After the first round: should time be short, the last round has fewer runs."""
    if has_fio():
        for size, kind in cases.tail_loads(sizes, args):
            for side in pair:
                if not deadline.passed():
                    tail(side, osds, size, kind, results)


def one_size(order, osds, plan, args, idle, results, turn, deadline):
    """All cases of a size, each on both sides right after one another."""
    data = f"r{turn}s{plan[0].size}"
    was_read = False
    for number, case in enumerate(plan):
        if deadline.passed():
            break
        for side in order:
            name = data if case.kind != "write" or number == 0 else f"{data}n{number}"
            try:
                if case.temperature == "cold":
                    side.drop_own_cache()
                    drop_page_cache()
                elif case.temperature == "warm" and not was_read:
                    read_all(side, data, case.size)
                results.add(osds, side.label, case, rados(side, case, cases.seconds_of(case, args), idle, name))
            except (RuntimeError, subprocess.TimeoutExpired) as failure:
                log(f"{side.label}, {cases.name(case)}: {failure}")
                results.failure(osds, side.label, case, failure)
            if case.kind == "write" and case.size >= KEEP_BYTES and name != data:
                clean_up(side, name)
        was_read |= case.temperature == "warm"
    if plan[0].size >= KEEP_BYTES:
        for side in order:
            clean_up(side, data)


def own_line(side, pool, case, seconds):
    line = [os.path.join(ROOT, "sluice"), "rados", "--dir", side.dir, "-p", pool, "bench", str(seconds), case.kind, "-t", str(case.depth)]
    return line + (["-b", str(case.size), "--no-cleanup"] if case.kind == "write" else [])


def with_pool(side, pool, work):
    """In a pool of its own, that goes afterwards."""
    side.ceph("osd", "pool", "create", pool, "32")
    try:
        work()
    except (RuntimeError, subprocess.TimeoutExpired) as failure:
        log(f"{side.label}, our own client: {failure}")
    finally:
        side.ceph("osd", "pool", "rm", pool, pool, "--yes-i-really-really-mean-it")


def warm_up_own(side):
    """Payloads of our own client go ways of their own, which librados' warm-up does not touch: small ones, so that there are many, then large ones."""
    def work():
        for kind, size, seconds in cases.OWN_WARM_UP:
            Metered(own_line(side, "ownwarm", Case(kind, size, "", 16), seconds), 0, seconds + GRACE, side.pids("osd"), {"SLUICE_NO_BUILD": "1"})

    with_pool(side, "ownwarm", work)


def own_client(side, osds, args, modes, idle, results, turn):
    """4 MiB by our own client."""
    pool = f"own{turn}"

    def work():
        def once(case, seconds):
            return sample(Metered(own_line(side, pool, case, seconds), idle, seconds + GRACE, side.pids("osd"), {"SLUICE_NO_BUILD": "1"}), case.size)

        write, read = Case("write", 4 << 20, "", 16), Case("seq", 4 << 20, "warm", 16)
        results.add(osds, "own-" + side.mode, write, once(write, args.seconds))
        if side.mode == modes[0]:
            once(read, WHOLE_SECONDS)  # makes it warm
            results.add(osds, "own-" + side.mode, read, once(read, args.seconds))

    with_pool(side, pool, work)


def disk_mb_s(folder):
    """{"write": MB/s, "read": MB/s} of the disk itself: 4 MiB, O_DIRECT, 16 in flight."""
    if not has_fio():
        return {}
    found = {}
    name = os.path.join(folder, "disk.test")
    try:
        for rw in ("write", "read"):
            out = run(["fio", "--name=disk", f"--filename={name}", "--size=1g", "--bs=4m", f"--rw={rw}", "--direct=1", "--ioengine=libaio", "--iodepth=16",
                       "--time_based", f"--runtime={cases.DISK_SECONDS}", "--output-format=json"], cases.DISK_SECONDS + GRACE)
            found[rw] = json.loads(out[out.index("{"):out.rindex("}") + 1])["jobs"][0][rw]["bw_bytes"] / 1e6
    except (RuntimeError, ValueError, KeyError, subprocess.TimeoutExpired) as failure:
        log(f"fio on the disk itself: {failure}")
    finally:
        if os.path.exists(name):
            os.remove(name)
    return found


def tail(side, osds, size, kind, results):
    """99th percentiles: `rados bench` prints none, fio's rados engine (librados as well) does. Whole objects, 16 in flight."""
    count = FIO_OBJECTS.get(size, 256)
    rw = "randwrite" if kind == "write" else "randread"
    line = ["fio", "--ioengine=rados", "--conf=" + side.conf, "--clientname=admin", "--pool=" + POOL, f"--name=tail{size}", f"--bs={size}",
            f"--filesize={size}", f"--nrfiles={count}", f"--size={size * count}", f"--rw={rw}", "--iodepth=16", "--time_based",
            f"--runtime={cases.TAIL_SECONDS}", "--file_service_type=random", "--busy_poll=0", "--output-format=json"]
    try:
        out = run(line, cases.TAIL_SECONDS + GRACE)
        job = json.loads(out[out.index("{"):out.rindex("}") + 1])["jobs"][0]["write" if kind == "write" else "read"]
        results.tail(osds, side.label, size, kind, job["clat_ns"]["percentile"]["99.000000"] / 1e6)
    except (RuntimeError, ValueError, KeyError, subprocess.TimeoutExpired) as failure:
        log(f"{side.label}, fio {rw}: {failure}")
