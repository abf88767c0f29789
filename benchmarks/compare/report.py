"""Figures into a table, plots and the document's section."""
import datetime
import os
import platform
import statistics
import subprocess
import sys

from . import aims, cases, plot, section, steal

TITLE = "Beside Ceph"
INTRO = """\
One command, `benchmarks/compare-ceph`, has written this section{when}. Real {version} (BlueStore) and Sluice ({java}), both up on one machine ({machine}), one disk,
the same number of copies, driven in turn by the same unmodified `rados bench`, whole objects, {rounds} rounds, each write {seconds} s and each read {reads} s, the order swapped in each
round (what no aim names: one round). Medians, with the least and the greatest. *young*: the first {young} s of traffic that daemons get, once, before any warm-up. Then both sides get the same warm-up for {warm_up} s: 4 MiB
once, the smaller sizes written and read in turn, 16 in flight (our daemons are JVMs, which compile what runs often: *young* says what that costs). *warm*: read soon after it was
written and read once, which is not measured. *cold*: after `cache drop` of all OSDs and `/proc/sys/vm/drop_caches`. CPU is the busy time of the whole
machine (/proc/stat) minus the clients' own and minus what the idle clusters cost ({idle}): short runs make it coarse. *OSD s/GB* is what the OSD processes
themselves were charged, without the kernel's work on their behalf. Runs of which the host stole more than {steal:.0%} of the processors' time are marked, repeated
when there is time, and do not count where an undisturbed one is there. Clients and daemons share the
processors, so throughput is of all of them together: read the ratios, not the figures. *at most*: the ratio to Ceph that a server which costs nothing would reach, with this client taking all processors
(what its process was charged for an operation), its busiest thread taking one of them (*client's thread*: librados receives, checks and copies all of a connection in one), or with
this disk ({disk})."""
TAILS = """\
`rados bench` prints no percentiles: these are of fio's rados engine (librados too) with whole objects, 16 in flight, {seconds} s, one run each."""


class Results:
    def __init__(self, args):
        self.args, self.runs, self.failures, self.p99, self.resident, self.idles = args, {}, [], {}, {}, {}
        self.version, self.java = "Ceph", "Java"
        self.disks = {}

    def any(self):
        return bool(self.runs)

    def versions(self, version):
        self.version = "C" + version[1:] if version.startswith("ceph") else version

    def add(self, osds, side, case, figures):
        self.runs.setdefault((osds, case), {}).setdefault(side, []).append(figures)
        print(f"  {side:13} {osds} OSDs {cases.name(case):24} {figures['mb_s']:8.1f} MB/s {figures['iops']:8.0f} IOPS "
              f"{figures['avg_ms']:8.2f} ms {figures['cpu_s_gb']:8.2f} CPU s/GB {figures['steal']:6.1%} stolen", file=sys.stderr, flush=True)

    def runs_of(self, osds, case, side):
        return self.runs.get((osds, case), {}).get(side, [])

    def spoiled(self, osds):
        """Cases of the two clusters of which one side has no run that the host left alone."""
        return [case for key, case in self.runs if key == osds and any(steal.mark(self.runs_of(osds, case, side)) for side in ("ceph", "sluice"))]

    def spoiled_own(self, osds):
        return {side for (key, _), sides in self.runs.items() if key == osds for side in sides if side.startswith("own-") and steal.mark(sides[side])}

    def failure(self, osds, side, case, failure):
        self.failures.append(f"{side}, {osds} OSDs, {cases.name(case)}: {str(failure).splitlines()[0][:200]}")

    def tail(self, osds, side, size, kind, milliseconds):
        self.p99[(osds, size, kind, side)] = milliseconds

    def memory(self, osds, side, osd_mib, rest_mib):
        self.resident[(osds, side)] = (osd_mib, rest_mib)

    def disk(self, osds, found):
        self.disks[osds] = found

    def idle(self, osds, rate):
        self.idles[osds] = rate

    def values(self, osds, case, side, field):
        return [run[field] for run in steal.quiet(self.runs_of(osds, case, side)) if run[field] is not None]

    def median(self, osds, case, side, field):
        found = self.values(osds, case, side, field)
        return statistics.median(found) if found else None

    def ratio(self, osds, case, field, own="sluice"):
        ours, theirs = self.median(osds, case, own, field), self.median(osds, case, "ceph", field)
        return ours / theirs if ours is not None and theirs else None

    def bound(self, osds, case, own="sluice"):
        """(ratio, what sets it): what a server that cost nothing could reach, beside Ceph, with this client on these processors and this disk."""
        theirs, client = self.median(osds, case, "ceph", "mb_s"), self.median(osds, case, own, "client_us_op")
        if not theirs or not client:
            return None
        found = [(os.cpu_count() * case.size / client, "client")]
        thread = self.median(osds, case, own, "thread_us_op")
        if thread:
            found.append((case.size / thread, "client's thread"))
        disk = self.disks.get(osds, {})
        if case.kind == "write" and "write" in disk:
            found.append((disk["write"] / osds, "disk"))
        elif case.temperature == "cold" and "read" in disk:
            found.append((disk["read"], "disk"))
        mb_s, word = min(found)
        return mb_s / theirs, word

    def write(self, docs):
        text = self.text()
        if not docs:
            print(text)
            return
        section.replace(docs, TITLE, text + "\n" + self.plots(docs))
        section.keep(docs, TITLE, "### " + aims.LIMITS_TITLE, "(not written yet)")
        print(f"compare-ceph: wrote section \"{TITLE}\" of {docs}", file=sys.stderr)

    def text(self):
        idle = ", ".join(f"{osds} OSD{'s' * (osds > 1)}: {rate:.2f} s a second" for osds, rate in self.idles.items())
        lines = [INTRO.format(when=datetime.date.today().strftime(" on %Y-%m-%d"), version=self.version, java=self.java, machine=machine(), rounds=self.args.rounds, idle=idle,
                              seconds=self.args.seconds, reads=self.args.seconds - cases.READ_LESS, young=cases.YOUNG_SECONDS,
                              warm_up=self.args.warm_up, steal=steal.LIMIT, disk=self.disk_words()), ""]
        lines += aims.table(self)
        for osds in sorted({key[0] for key in self.runs}):
            lines += [f"### {osds} OSD{'s' if osds > 1 else ''}, {osds} cop{'ies' if osds > 1 else 'y'}", ""]
            lines += self.table(osds) + [""] + self.own_table(osds) + self.tail_table(osds) + self.memory_lines(osds)
        if any(steal.mark(found) for sides in self.runs.values() for found in sides.values()):
            lines += [steal.NOTE, ""]
        if self.failures:
            lines += ["Runs that failed, and count nowhere:", ""] + ["- " + failure for failure in self.failures] + [""]
        return "\n".join(lines)

    def disk_words(self):
        both = [f"{found['write']:.0f} MB/s writing and {found['read']:.0f} reading, before {osds} OSD{'s' * (osds > 1)}" for osds, found in self.disks.items() if len(found) == 2]
        return "fio, 4 MiB, O_DIRECT, 16 in flight: " + "; ".join(both) if both else "not measured"

    def cases(self, osds):
        return [case for key, case in self.runs if key == osds and {"ceph", "sluice"} & set(self.runs[(key, case)])
                and "sluice" in self.runs[(key, case)]]

    def table(self, osds):
        rows = ["| load | Ceph MB/s | Sluice MB/s | ratio | IOPS C / S | mean ms C / S | CPU s/GB C / S | ratio | CPU µs/op C / S | OSD s/GB C / S |",
                "|---|---:|---:|---:|---:|---:|---:|---:|---:|---:|"]
        for case in self.cases(osds):
            def both(field, form):
                return " / ".join(show(self.median(osds, case, side, field), form) for side in ("ceph", "sluice"))

            rows.append(f"| {cases.name(case)} | {self.spread(osds, case, 'ceph')} | {self.spread(osds, case, 'sluice')} | "
                        f"**{show(self.ratio(osds, case, 'mb_s'), '.2f')}** | {both('iops', '.0f')} | {both('avg_ms', '.2f')} | "
                        f"{both('cpu_s_gb', '.2f')} | **{show(self.ratio(osds, case, 'cpu_s_gb'), '.2f')}** | {both('cpu_us_op', '.0f')} | "
                        f"{both('osd_s_gb', '.2f')} |")
        return rows

    def spread(self, osds, case, side):
        found = self.values(osds, case, side, "mb_s")
        if not found:
            return "-"
        form = ".0f" if max(found) >= 100 else ".1f"
        return f"{statistics.median(found):{form}} ({min(found):{form}}..{max(found):{form}}){steal.mark(self.runs_of(osds, case, side))}"

    def own_table(self, osds):
        modes = sorted({side for (key, _), sides in self.runs.items() if key == osds for side in sides if side.startswith("own-")}, reverse=True)
        if not modes:
            return []
        rows = ["Our own client (`./sluice rados bench`), beside Ceph with `rados bench`:", "",
                "| load | payload checks | MB/s | to Ceph | mean ms | p99 ms | CPU s/GB | to Ceph |", "|---|---|---:|---:|---:|---:|---:|---:|"]
        for (key, case), sides in self.runs.items():
            for mode in modes:
                if key == osds and mode in sides:
                    rows.append(f"| {cases.name(case)} | {mode[4:]} | {self.spread(osds, case, mode)} | **{show(self.ratio(osds, case, 'mb_s', mode), '.2f')}** | "
                                f"{show(self.median(osds, case, mode, 'avg_ms'), '.2f')} | {show(self.median(osds, case, mode, 'p99_ms'), '.2f')} | "
                                f"{show(self.median(osds, case, mode, 'cpu_s_gb'), '.2f')} | **{show(self.ratio(osds, case, 'cpu_s_gb', mode), '.2f')}** |")
        return rows + [""]

    def tail_table(self, osds):
        found = sorted({(size, kind) for key, size, kind, _ in self.p99 if key == osds}, key=lambda one: (-one[0], one[1] == "rand"))
        if not found:
            return []
        rows = [TAILS.format(seconds=cases.TAIL_SECONDS), "", "| p99 latency, 16 in flight | Ceph ms | Sluice ms | ratio |", "|---|---:|---:|---:|"]
        for size, kind in found:
            theirs, ours = (self.p99.get((osds, size, kind, side)) for side in ("ceph", "sluice"))
            rows.append(f"| {cases.words(size)} {'write' if kind == 'write' else 'warm rand'} | {show(theirs, '.2f')} | {show(ours, '.2f')} | "
                        f"{show(ours / theirs if ours and theirs else None, '.2f')} |")
        return rows + [""]

    def memory_lines(self, osds):
        found = [f"{side.capitalize()} {self.resident[(osds, side)][0] / osds:.0f} MiB an OSD, {self.resident[(osds, side)][1]:.0f} MiB monitor"
                 + (" and manager" if side == "ceph" else "") for side in ("ceph", "sluice") if (osds, side) in self.resident]
        return ["Resident after the last round: " + "; ".join(found) + ".", ""] if found else []

    def plots(self, docs):
        lines = []
        folder = os.path.join(os.path.dirname(os.path.abspath(docs)), "benchmarks")
        os.makedirs(folder, exist_ok=True)
        for osds in sorted({key[0] for key in self.runs}):
            shape = f"of Sluice as a multiple of Ceph's, {osds} OSD{'s' * (osds > 1)}, {osds} cop{'ies' if osds > 1 else 'y'}"
            for what, words, bars in self.bars(osds):
                bars = [bar for bar in bars if bar[1] is not None]
                if not bars:
                    continue
                name, title = f"{what}-{osds}-osd.svg", words.format(shape)
                with open(os.path.join(folder, name), "w") as file:
                    file.write(plot.bars(title, bars))
                lines.append(f"![{title}](benchmarks/{name})")
        return "\n".join(lines) + "\n"

    def bars(self, osds):
        """(name of the file, title, bars) of each plot of a shape."""
        def of(field):
            return [(cases.name(case), self.ratio(osds, case, field)) for case in self.cases(osds)]

        def against(found):
            return found["sluice"] / found["ceph"] if len(found) == 2 and found["ceph"] else None

        tails = {}
        for (key, size, kind, side), value in self.p99.items():
            if key == osds:
                tails.setdefault(f"{cases.words(size)} {'write' if kind == 'write' else 'warm rand'} x16", {})[side] = value
        memory = {side: mib[0] for (key, side), mib in self.resident.items() if key == osds}
        return [("throughput", "Throughput and IOPS {} (more is better)", of("mb_s")), ("latency", "Mean latency {} (less is better)", of("avg_ms")),
                ("tail", "99th percentile of latency {} (less is better)", [(name, against(found)) for name, found in tails.items()]),
                ("cpu", "CPU per GB and per operation {} (less is better)", of("cpu_s_gb")),
                ("memory", "Resident memory of the OSDs {} (less is better)", [("after the last round", against(memory))])]


def show(value, form):
    return "-" if value is None else f"{value:{form}}"


def machine():
    with open("/proc/meminfo") as file:
        memory = int(file.readline().split()[1]) / (1 << 20)
    disk = subprocess.run(["findmnt", "-no", "FSTYPE", "-T", os.path.dirname(__file__)], stdout=subprocess.PIPE, text=True).stdout.strip()
    return f"{os.cpu_count()} processors, {memory:.0f} GiB, {disk}, Linux {platform.release().split('-')[0]}, loopback"
