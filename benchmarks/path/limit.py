"""benchmarks/limits/payload_path.c: the yardstick."""
import os
import shutil
import subprocess
import sys
import time

from compare.steal import Watch, spoiled

SOURCE = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "limits", "payload_path.c")
TIMEOUT = 60
SAME_MINUTE = 30  # seconds for which a run is good beside another cell of that mode


class Program:
    def __init__(self, work):
        compiler = shutil.which("cc") or shutil.which("gcc")
        if not compiler:
            sys.exit("datapath: no C compiler (package gcc)")
        self.dir = os.path.join(work, "limit")
        os.makedirs(self.dir)
        self.path = os.path.join(self.dir, "payload_path")
        self.last = {}  # of (mode, size, copies): when it was run, and its figures
        subprocess.run([compiler, "-O2", "-msse4.2", "-o", self.path, SOURCE], check=True, timeout=TIMEOUT)

    def run(self, mode, size, copies):
        """{mb_s, cpu_s_gb, direct, steal} of one run that moves as much as a second or so brings, or of the one just before it."""
        at, figures = self.last.get((mode, size, copies), (0, None))
        if figures is None or time.monotonic() - at > SAME_MINUTE or spoiled(figures):
            figures = self.measure(mode, size, copies)
            self.last[mode, size, copies] = time.monotonic(), figures
        return figures

    def measure(self, mode, size, copies):
        watch = Watch()
        mib = 256 if size >= 1 << 20 else 64 if size >= 1 << 16 else 8
        out = subprocess.run([self.path, mode, str(size), str(mib), str(1 if mode in ("read", "warm") else copies), self.dir], stdin=subprocess.DEVNULL,
                             stdout=subprocess.PIPE, check=True, timeout=TIMEOUT, text=True).stdout
        gb_s, cpu, direct = (float(word) for word in out.split())
        return {"mb_s": gb_s * 1000, "cpu_s_gb": cpu, "direct": direct, "steal": watch.share()}
