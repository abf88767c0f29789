"""What is measured: kinds of load, sizes, depths."""
from collections import namedtuple

# kind: write, seq, rand; temperature: warm or cold (writes: "").
Case = namedtuple("Case", "kind size temperature depth")

UNITS = {"K": 1 << 10, "M": 1 << 20}
START_SECONDS = 35  # both clusters of a shape, and ending them
STOP_SECONDS = 15  # for ending the clusters of a shape
RUN_SECONDS = 0.6  # what a run takes besides its own seconds
SMALL = 4096
BETWEEN = 1 << 16  # lies between the two others: less tells enough
COLD_SECONDS = 0.8  # dropping the caches


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


def tail_loads(sizes, args):
    """(size, kind) of which 99th percentiles are taken."""
    return [(size, kind) for size in sizes for kind in ("write", "rand") if args.full or kind == "write" or size == SMALL]


def minutes(cases, args, modes):
    once = sum(args.seconds + RUN_SECONDS + (COLD_SECONDS if c.temperature == "cold" else 0) for c in cases)
    own = (args.seconds + 2) * (2 * len(modes) - (len(modes) > 1))
    warm_up = 2 * 2 * (args.seconds + RUN_SECONDS) * sum(1 if size >= 1 << 20 else 2.5 for size in {c.size for c in cases})
    tails = 2 * len(tail_loads(sorted({c.size for c in cases}), args)) * (args.seconds + 1.5)
    shapes = len(args.osds.split(","))
    return shapes * (START_SECONDS + warm_up + tails + args.rounds * (2 * once + own)) / 60
