"""benchmarks/limits/payload_path.c: the yardstick."""
import os
import shutil
import subprocess
import sys

from compare.steal import Watch

SOURCE = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "limits", "payload_path.c")
TIMEOUT = 60


class Program:
    def __init__(self, work):
        compiler = shutil.which("cc") or shutil.which("gcc")
        if not compiler:
            sys.exit("datapath: no C compiler (package gcc)")
        self.dir = os.path.join(work, "limit")
        os.makedirs(self.dir)
        self.path = os.path.join(self.dir, "payload_path")
        subprocess.run([compiler, "-O2", "-msse4.2", "-o", self.path, SOURCE], check=True, timeout=TIMEOUT)

    def run(self, mode, size, copies):
        """{mb_s, cpu_s_gb, direct, steal} of one run that moves as much as a second or so brings."""
        watch = Watch()
        mib = 256 if size >= 1 << 20 else 64 if size >= 1 << 16 else 8
        out = subprocess.run([self.path, mode, str(size), str(mib), str(1 if mode in ("read", "warm") else copies), self.dir], stdin=subprocess.DEVNULL,
                             stdout=subprocess.PIPE, check=True, timeout=TIMEOUT, text=True).stdout
        gb_s, cpu, direct = (float(word) for word in out.split())
        return {"mb_s": gb_s * 1000, "cpu_s_gb": cpu, "direct": direct, "steal": watch.share()}
