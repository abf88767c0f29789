"""What is measured: kinds of load, sizes, depths."""
from collections import namedtuple

# kind: write, seq, rand; temperature: warm or cold (writes: "").
Case = namedtuple("Case", "kind size temperature depth")

UNITS = {"K": 1 << 10, "M": 1 << 20}
START_SECONDS = 35  # both clusters of a shape, and ending them
RUN_SECONDS = 0.6  # what a run takes besides its own seconds
COLD_SECONDS = 0.8  # dropping the caches


def bytes_of(text):
    return int(text[:-1]) * UNITS[text[-1]] if text[-1] in UNITS else int(text)


def words(size):
    return f"{size >> 20} MiB" if size >= 1 << 20 else f"{size >> 10} KiB"


def name(case):
    parts = [words(case.size), case.temperature, case.kind, f"x{case.depth}"]
    return " ".join(part for part in parts if part)


def plan(args, cold):
    """The cases, sizes outermost; each size begins with a write, which leaves what the reads read."""
    depths = [int(d) for d in args.depths.split(",")]
    kinds = args.kinds.split(",")
    middle = 16 if 16 in depths else depths[0]
    found = []
    for size in [bytes_of(s) for s in args.sizes.split(",")]:
        # 64 KiB lies between the two others: one depth tells enough unless all is asked for
        wanted = depths if args.full or size != 1 << 16 else [middle]
        first = [middle] + [d for d in wanted if d != middle]
        found += [Case("write", size, "", d) for d in first if "write" in kinds or d == middle]
        found += [Case("seq", size, "warm", d) for d in (wanted if args.full else [middle]) if "seq" in kinds]
        found += [Case("rand", size, "warm", d) for d in wanted if "rand" in kinds]
        if cold and "cold" in kinds:
            found += [Case(k, size, "cold", d) for k in ("seq", "rand") for d in (wanted if args.full else [middle])]
    return found


def minutes(cases, args, modes):
    once = sum(args.seconds + RUN_SECONDS + (COLD_SECONDS if c.temperature == "cold" else 0) for c in cases)
    own = 2.5 * (args.seconds + 2) * len(modes)
    warm_up = 2 * 4 * (args.seconds + RUN_SECONDS)
    tails = 2 * 2 * len({c.size for c in cases}) * (args.seconds + 1.5)
    shapes = len(args.osds.split(","))
    return shapes * (START_SECONDS + warm_up + tails + args.rounds * (2 * once + own)) / 60
