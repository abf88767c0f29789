"""What is aimed at, as ratios to Ceph in the same run, and how far it was reached."""
from collections import namedtuple

from .cases import Case

LIMITS_TITLE = "Where an aim is missed: what limits it"

# kind, size, temperature, depth: the case; osds: all that were measured when None; side: of the results; factor: the bound of ours / Ceph's
Aim = namedtuple("Aim", "words osds kind size temperature depth side field least factor")
MIB = 1 << 20


def _aim(words, osds, kind, size, depth, factor, field="mb_s", least=True, temperature="", side="sluice"):
    return Aim(words, osds, kind, size, temperature, depth, side, field, least, factor)


AIMS = [
    _aim("4 MiB writes at least 2x", None, "write", 4 * MIB, 16, 2.0),
    _aim("CPU per GB of 4 MiB writes no more than 60 %", None, "write", 4 * MIB, 16, 0.6, "cpu_s_gb", False),
    _aim("4 KiB x16 writes at least 2x", 1, "write", 4096, 16, 2.0),
    _aim("4 KiB x16 writes at least 3x", 3, "write", 4096, 16, 3.0),
    _aim("4 KiB x1 write latency no more than half", None, "write", 4096, 1, 0.5, "avg_ms", False),
    _aim("64 KiB writes at least 2x", None, "write", 1 << 16, 16, 2.0),
] + [
    _aim(f"{size_words} {kind} reads, warm, at least 1.5x", None, kind, size, 16, 1.5, temperature="warm")
    for size, size_words in ((4 * MIB, "4 MiB"), (1 << 16, "64 KiB"), (4096, "4 KiB")) for kind in ("seq", "rand")
] + [
    _aim(f"{size_words} {kind} reads, cold, at least as fast", None, kind, size, 16, 1.0, temperature="cold")
    for size, size_words in ((4 * MIB, "4 MiB"), (1 << 16, "64 KiB"), (4096, "4 KiB")) for kind in ("seq", "rand")
] + [
    _aim("our own client: 4 MiB writes at least 2.5x", None, "write", 4 * MIB, 16, 2.5, side="own-lazy"),
    _aim("our own client: CPU per GB no more than 25 % (lazy)", None, "write", 4 * MIB, 16, 0.25, "cpu_s_gb", False, side="own-lazy"),
    _aim("our own client: CPU per GB no more than 40 % (ingest)", None, "write", 4 * MIB, 16, 0.4, "cpu_s_gb", False, side="own-ingest"),
]


def names(case):
    """Whether an aim is about that case."""
    return any(case == Case(aim.kind, aim.size, aim.temperature, aim.depth) for aim in AIMS)


def table(results):
    """Lines of the document: each aim, by shape, what was measured, and whether that reaches it."""
    shapes = sorted({key[0] for key in results.runs})
    rows = []
    for aim in AIMS:
        for osds in [n for n in shapes if aim.osds in (None, n)]:
            case = Case(aim.kind, aim.size, aim.temperature, aim.depth)
            ratio = results.ratio(osds, case, aim.field, aim.side)
            if ratio is not None:
                reached = ratio >= aim.factor if aim.least else ratio <= aim.factor
                bound = results.bound(osds, case, aim.side) if aim.field == "mb_s" else None
                most = f"{bound[0]:.2f} ({bound[1]})" if bound else ""
                rows.append(f"| {aim.words} | {osds} OSD{'s' * (osds > 1)} | {ratio:.2f} | {'reached' if reached else '**missed**'} | {most} |")
    if not rows:
        return []
    missed = sum("**missed**" in row for row in rows)
    return ["### The aims", "", "| aim, as a ratio to Ceph | shape | measured | | at most |", "|---|---|---:|---|---:|"] + rows + [
        "", f"{len(rows) - missed} of {len(rows)} reached." + (f" What limits the others: \"{LIMITS_TITLE}\", below." if missed else ""), ""]
