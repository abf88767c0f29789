"""What the host takes for itself (steal of /proc/stat), by which runs that say little are told from the others.

A machine of a cloud shares its processors: while its host gives them to somebody else, throughput falls and CPU time seems cheaper or dearer than it is.
Every run's figures carry the share that was stolen meanwhile, as `steal`."""

LIMIT = 0.05  # of all processors' time; more spoils a run
MARK = "†"
NOTE = f"{MARK}: the host took more than {LIMIT:.0%} of the processors (steal) during every run of that cell; else spoiled runs were repeated and do not count."


def ticks():
    """(stolen, all) of all processors since boot."""
    with open("/proc/stat") as file:
        fields = [int(word) for word in file.readline().split()[1:9]]
    return fields[7], sum(fields)


class Watch:
    """From its making on."""

    def __init__(self):
        self.stolen, self.all = ticks()

    def share(self):
        stolen, every = ticks()
        return (stolen - self.stolen) / max(1, every - self.all)


def spoiled(*figures):
    """Whether any of these runs, which belong together, was robbed."""
    return any(run.get("steal", 0) > LIMIT for run in figures)


def quiet(runs, steal=spoiled):
    """Those that count: the undisturbed ones, or all when there is none."""
    return [run for run in runs if not steal(run)] or runs


def mark(runs, steal=spoiled):
    return MARK if runs and all(steal(run) for run in runs) else ""
