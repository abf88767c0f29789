"""Time for every cell: shorter runs rather than missing ones."""
import time

START_SECONDS = 9  # of a cluster, and ending it
BETWEEN = 2.5  # seconds that a cell takes besides its own run: pools, the client's start, the C program
SECONDS_MIN = 1.0


class Budget:
    """What is left of the minutes, by cells to be measured and clusters to be warmed up."""

    def __init__(self, minutes, seconds):
        self.begin = time.monotonic()
        self.deadline, self.most = self.begin + 60 * minutes, seconds
        self.cells, self.fixed = 0, 0.0

    def plan(self, cells, warm_up):
        """A cluster that is still to come."""
        self.cells += cells
        self.fixed += START_SECONDS + warm_up

    def started(self, warm_up):
        self.fixed -= START_SECONDS + warm_up

    def late(self):
        return time.monotonic() > self.deadline

    def has(self, seconds):
        """Time for something that is not planned, beside what is."""
        return time.monotonic() + seconds + self.fixed + self.cells * (self.most + BETWEEN) <= self.deadline

    def next_cell(self):
        """Seconds that its run may take; whole ones, as `rados bench` wants."""
        left = self.deadline - time.monotonic() - self.fixed
        share = left / self.cells - BETWEEN if self.cells > 0 else self.most
        self.cells = max(0, self.cells - 1)
        return int(max(SECONDS_MIN, min(self.most, share)))
