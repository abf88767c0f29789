"""Figures into a table, plots and the document's section."""
import datetime
import os
import statistics
import sys

from compare import plot, section, steal
from compare.cases import words
from compare.report import machine, show

TITLE = "Data path"
INTRO = """\
One command, `benchmarks/datapath --docs`, has written this section on {date} ({machine}). Each row is one way for payload to reach the disks of all copies, or to
come back, driven for {seconds} s at most with 16 operations in flight, and right after it (or within half a minute) `benchmarks/limits/payload_path.c`, which does the least a
program can do the same way. *own* is `./sluice rados bench`, *rados* the unmodified one; both write the same buffers again and again. *cut*: handed on while it comes (the default: pipes for
senders that align, memory files for librados, below 512 KiB plain memory); *whole*: stored, then forwarded; *pipe*, *slot*, *memory*: forced (`pool set NAME receive`). *lazy* looks at no byte before the
first read, *ingest* at each on arrival; what librados sends is looked at in either, and measured once. *cold*: read from the disk, *warm*: from the page cache.
OSD CPU is what the OSD processes were charged per GB of client payload, C CPU what the program's receivers were. *direct*: bytes that reached a data file from a pipe without a
copy, of all staged. Clients, daemons and the C program's sender share the processors. The C program makes durable once at its end, the daemons every
operation before it is answered: below 1 MiB that is most of the difference.

An OSD is a JVM. Its compilers take more than its work does for its first 40 to 60 GB of payload in large objects (some 10,000 operations; 12 s of a
processor in all): the row *cut, young* is the first seconds of its life. Every other row is taken after a warm-up, by writes and reads of 64 KiB and 4 MiB that go the same way, which
ends when the second compiler takes less than a tenth of a processor, or when {warm} s are over.

Every cell was measured once before any was measured again: what the host spoiled (more than {steal:.0%} of the processors' time stolen), then 4 MiB by turns. Medians, with the
least and the greatest where a cell was measured more than once."""


def robbed(run):
    """Ours or C's: they are compared."""
    return steal.spoiled(*run)


class Results:
    def __init__(self, args):
        self.args, self.rows, self.failures, self.left_out = args, {}, [], []

    def add(self, case, ours, limit):
        self.rows.setdefault(case, []).append((ours, limit))
        print(f"  {case.osds} OSDs {words(case.size):8} {case.client:5} {case.kind:10} {case.receive:10} {case.integrity:6} {ours['mb_s']:8.1f} MB/s of "
              f"{limit['mb_s']:8.1f} in C, CPU {ours['osd_s_gb']:.2f} to {limit['cpu_s_gb']:.2f} s/GB, {max(ours['steal'], limit['steal']):.1%} stolen", file=sys.stderr, flush=True)

    def failure(self, text):
        self.failures.append(text)

    def spoiled(self, cells):
        """Whether one of these cells was measured, and robbed by the host each time."""
        return any(steal.mark(self.rows.get(case, []), robbed) for case in cells)

    def values(self, case, side, field):
        return [run[side][field] for run in steal.quiet(self.rows[case], robbed) if run[side][field] is not None]

    def median(self, case, side, field):
        found = self.values(case, side, field)
        return statistics.median(found) if found else None

    def spread(self, case, side, field, form):
        found = self.values(case, side, field)
        return f"{statistics.median(found):{form}}" + (f" ({min(found):{form}}..{max(found):{form}})" if len(found) > 1 else "")

    def ratio(self, case, ours, theirs):
        above, below = self.median(case, 0, ours), self.median(case, 1, theirs)
        return above / below if above is not None and below else None

    def text(self):
        lines = [INTRO.format(date=datetime.date.today().strftime("%Y-%m-%d"), machine=machine(), seconds=self.args.seconds, warm=self.args.warm, steal=steal.LIMIT), ""]
        for osds in sorted({case.osds for case in self.rows}):
            lines += [f"### {osds} OSD{'s' * (osds > 1)}, {osds} cop{'ies' if osds > 1 else 'y'}", "",
                      "| client | load | path | integrity | MB/s | C, mode | ratio | OSD CPU s/GB | C | ratio | direct % |",
                      "|---|---|---|---|---:|---:|---:|---:|---:|---:|---:|"]
            for case in sorted((c for c in self.rows if c.osds == osds), key=lambda c: (c.client, c.kind != "write", c.size, c.receive, c.integrity)):
                lines.append(self.line(case))
            lines.append("")
        if self.spoiled(self.rows):
            lines += [steal.NOTE, ""]
        if self.left_out:
            lines += [f"The time was over ({self.args.minutes:g} minutes); not measured:", ""]
            lines += [f"- {c.osds} OSD{'s' * (c.osds > 1)}, {c.client}, {words(c.size)} {c.kind}, {c.receive}, {c.integrity}" for c in self.left_out] + [""]
        if self.failures:
            lines += ["Runs that failed, and count nowhere:", ""] + ["- " + failure for failure in self.failures] + [""]
        return "\n".join(lines)

    def line(self, case):
        return (f"| {case.client} | {words(case.size)} {case.kind} | {case.receive} | {case.integrity} | "
                f"{self.spread(case, 0, 'mb_s', '.0f')}{steal.mark(self.rows[case], robbed)} | "
                f"{self.spread(case, 1, 'mb_s', '.0f')} {case.limit} | **{show(self.ratio(case, 'mb_s', 'mb_s'), '.2f')}** | "
                f"{self.spread(case, 0, 'osd_s_gb', '.2f')} | {self.spread(case, 1, 'cpu_s_gb', '.2f')} | "
                f"**{show(self.ratio(case, 'osd_s_gb', 'cpu_s_gb'), '.2f')}** | {show(self.median(case, 0, 'direct'), '.1f') if case.kind == 'write' else '-'} |")

    def plots(self, docs):
        folder = os.path.join(os.path.dirname(os.path.abspath(docs)), "benchmarks")
        os.makedirs(folder, exist_ok=True)
        lines = []
        for osds in sorted({case.osds for case in self.rows}):
            bars = [(f"{words(c.size)} {c.client} {c.kind} {c.receive} {c.integrity}", self.ratio(c, "mb_s", "mb_s")) for c in self.rows if c.osds == osds]
            title = f"Throughput as a multiple of the C program's, {osds} OSD, {osds} copies (more is better)"
            name = f"datapath-{osds}-osd.svg"
            with open(os.path.join(folder, name), "w") as file:
                file.write(plot.bars(title, [bar for bar in bars if bar[1] is not None], one="C = 1", left=260))
            lines.append(f"![{title}](benchmarks/{name})")
        return "\n".join(lines) + "\n"

    def write(self):
        if not self.args.docs:
            print(self.text())
            return
        section.replace(self.args.docs, TITLE, self.text() + "\n" + self.plots(self.args.docs))
        print(f'datapath: wrote section "{TITLE}" of {self.args.docs}', file=sys.stderr)
