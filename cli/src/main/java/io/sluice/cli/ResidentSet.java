package io.sluice.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A process's resident memory, from {@code /proc/PID/status}. */
record ResidentSet(long kibibytes) {

  /** 0 when the process is gone. */
  static ResidentSet ofPid(long pid) {
    try {
      for (String line : Files.readAllLines(Path.of("/proc", Long.toString(pid), "status"))) {
        if (line.startsWith("VmRSS:")) {
          return new ResidentSet(Long.parseLong(line.replaceAll("\\D", "")));
        }
      }
      return new ResidentSet(0);
    } catch (IOException e) {
      return new ResidentSet(0); // gone in the meantime
    }
  }

  @Override
  public String toString() {
    return kibibytes / 1024 + " MiB resident";
  }
}
