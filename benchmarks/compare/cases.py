"""What is measured: kinds of load, sizes, depths."""
from collections import namedtuple

# kind: write, seq, rand; temperature: warm or cold (writes: "", or "young": of daemons that have just started).
Case = namedtuple("Case", "kind size temperature depth")

UNITS = {"K": 1 << 10, "M": 1 << 20}
START_SECONDS = 55  # all clusters of a shape, what is warmed up of our own client only, and ending them
READ_LESS = 1  # second by which reads, which are steadier, are measured shorter than writes
YOUNG_SECONDS = 10  # of a daemon's life, measured by themselves
STOP_SECONDS = 15  # for ending the clusters of a shape
RUN_SECONDS = 0.6  # what a run takes besides its own seconds
SMALL = 4096
BETWEEN = 1 << 16  # lies between the two others: less tells enough
COLD_SECONDS = 0.8  # dropping the caches
TAIL_SECONDS = 3  # of a run that percentiles are taken of
DISK_SECONDS = 2  # of writing, and of reading, the disk without anybody between
WHOLE_READ_SECONDS = 4  # reading everything once before it counts as warm, about
OWN_WARM_UP = (("write", 1 << 16, 8), ("write", 4 << 20, 3), ("seq", 4 << 20, 3))  # kind, size, seconds


YOUNG = Case("write", SMALL, "young", 16)


def bytes_of(text):
    return int(text[:-1]) * UNITS[text[-1]] if text[-1] in UNITS else int(text)


def words(size):
    return f"{size >> 20} MiB" if size >= 1 << 20 else f"{size >> 10} KiB"


def name(case):
    parts = [words(case.size), case.temperature, case.kind, f"x{case.depth}"]
    return " ".join(part for part in parts if part)


def plan(args, cold):
    """The cases, sizes outermost; each size begins with a write, which leaves what the reads read. Without --full: what the aims name, and the
    other depths where they tell something (latency of one small operation, many small writes)."""
    depths = [int(d) for d in args.depths.split(",")]
    kinds = args.kinds.split(",")
    middle = 16 if 16 in depths else depths[0]
    found = []
    for size in [bytes_of(s) for s in args.sizes.split(",")]:
        every = args.full or size == SMALL
        writes = [middle] + [d for d in depths if d != middle and every]
        found += [Case("write", size, "", d) for d in writes if "write" in kinds or d == middle]
        if "seq" in kinds and (args.full or size != BETWEEN):
            found += [Case("seq", size, "warm", d) for d in (depths if args.full else [middle])]
        rands = depths if args.full else [d for d in depths if d == middle or (every and d == 1)]
        found += [Case("rand", size, "warm", d) for d in rands if "rand" in kinds]
        if cold and "cold" in kinds:
            colds = ("seq", "rand") if args.full or size != BETWEEN else ("rand",)
            found += [Case(k, size, "cold", d) for k in colds for d in (depths if args.full else [middle])]
    return found


def seconds_of(case, args):
    """How long a case runs."""
    return YOUNG_SECONDS if case == YOUNG else max(1, args.seconds - READ_LESS * (case.kind != "write"))


def tail_loads(sizes, args):
    """(size, kind) of which 99th percentiles are taken."""
    return [(size, kind) for size in sizes for kind in ("write", "rand") if args.full or kind == "write" or size == SMALL]


def minutes(cases, args, modes, rounds, every_round):
    """What so many rounds take. every_round: whether a case is measured in each, or in the first only."""
    own = (args.seconds + 2) * (2 * len(modes) - (len(modes) > 1)) + WHOLE_READ_SECONDS
    warm_sizes = len({c.size for c in cases if c.temperature == "warm"})
    reread = 2 * warm_sizes * WHOLE_READ_SECONDS
    own_warm_up = len(modes) * (sum(seconds for _, _, seconds in OWN_WARM_UP) + 6) + 2 * DISK_SECONDS
    before = 2 * (args.warm_up + YOUNG_SECONDS + RUN_SECONDS)
    tails = 2 * len(tail_loads(sorted({c.size for c in cases}), args)) * (TAIL_SECONDS + 1.5)
    first, later = (sum(2 * (seconds_of(c, args) + RUN_SECONDS + (COLD_SECONDS if c.temperature == "cold" else 0)) for c in some)
                    for some in (cases, [c for c in cases if every_round(c)]))
    shapes = len(args.osds.split(","))
    return shapes * (START_SECONDS + before + own_warm_up + tails + first + (rounds - 1) * later + rounds * (own + reread)) / 60


def rounds_in(cases, args, modes, every_round):
    """As many rounds, up to three, as there is time for."""
    return max(r for r in (1, 2, 3) if r == 1 or minutes(cases, args, modes, r, every_round) <= args.minutes)
