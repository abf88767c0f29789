package io.sluice.cli;

import io.sluice.cli.ClusterSpec.Daemon;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;

/**
 * One daemon of a local cluster as a process of its own.
 *
 * <p><b>Invariant:</b> only a process whose command line names this daemon's data directory is ever
 * taken for it or sent a signal; a pid file left by a crash may name somebody else's process by
 * now.
 */
record DaemonProcess(ClusterDir dir, Daemon daemon) {
  private static final long POLL_NANOS = 10_000_000L;

  /**
   * Longer than a disk takes: met only where the kernel itself has somebody else's number there.
   */
  private static final long DYING_NANOS_MAX = 30_000_000_000L;

  String name() {
    return daemon.name();
  }

  /** The running process, if there is one. */
  Optional<ProcessHandle> running() {
    return pidOnFile()
        .flatMap(ProcessHandle::of)
        .filter(ProcessHandle::isAlive)
        .filter(this::isOurs);
  }

  private Optional<Long> pidOnFile() {
    try {
      return Optional.of(Long.parseLong(Files.readString(dir.pidFile(name())).strip()));
    } catch (IOException | NumberFormatException e) {
      return Optional.empty();
    }
  }

  private boolean isOurs(ProcessHandle process) {
    try {
      byte[] line = Files.readAllBytes(Path.of("/proc", Long.toString(process.pid()), "cmdline"));
      String[] words = new String(line, StandardCharsets.UTF_8).split("\0");
      return Arrays.asList(words).contains(dir.data(name()).toString());
    } catch (IOException e) {
      return false; // gone in the meantime
    }
  }

  /**
   * Starts the daemon, detached from us, its output at the end of its log. Returns at once, unless
   * its last life has been killed and is not over yet.
   */
  Process start(ClusterSpec spec) {
    return start(DaemonCommandLine.of(dir, spec, daemon));
  }

  /** The same by a command line that names the daemon's data directory. */
  Process start(List<String> line) {
    pidOnFile().ifPresent(DaemonProcess::awaitEnd);
    File log = dir.log(name()).toFile();
    ProcessBuilder builder =
        new ProcessBuilder(line)
            .redirectInput(new File("/dev/null"))
            .redirectOutput(ProcessBuilder.Redirect.appendTo(log))
            .redirectError(ProcessBuilder.Redirect.appendTo(log));
    builder.environment().put("MALLOC_ARENA_MAX", "2"); // glibc's arenas would cost tens of MiB
    try {
      Process process = builder.start();
      Files.writeString(dir.pidFile(name()), process.pid() + "\n");
      return process;
    } catch (IOException e) {
      throw new CommandFailure("cannot start " + name() + ": " + ErrorLine.words(e), e);
    }
  }

  /**
   * SIGTERM, then SIGKILL when it is still there after {@code patience}; blocks until it is gone.
   *
   * @return false when nothing was running
   */
  boolean stop(Duration patience) {
    Optional<ProcessHandle> process = running();
    process.ifPresent(
        p -> {
          p.destroy();
          if (!gone(p, patience)) {
            p.destroyForcibly();
            gone(p, Duration.ofSeconds(10));
          }
        });
    forget();
    return process.isPresent();
  }

  /** SIGKILL; blocks until it is gone. */
  boolean kill() {
    Optional<ProcessHandle> process = running();
    process.ifPresent(
        p -> {
          p.destroyForcibly();
          gone(p, Duration.ofSeconds(10));
        });
    forget();
    return process.isPresent();
  }

  /**
   * Looks often: the JDK's own wait for processes that are not its children sleeps for seconds, and
   * waits for the init process to bury the dead.
   */
  private boolean gone(ProcessHandle process, Duration patience) {
    long deadline = System.nanoTime() + patience.toNanos();
    while (process.isAlive() && isOurs(process)) {
      if (System.nanoTime() > deadline) {
        return false;
      }
      LockSupport.parkNanos(POLL_NANOS);
    }
    awaitEnd(process.pid());
    return true;
  }

  private static void awaitEnd(long pid) {
    long deadline = System.nanoTime() + DYING_NANOS_MAX;
    while (isDying(pid) && System.nanoTime() < deadline) {
      LockSupport.parkNanos(POLL_NANOS);
    }
  }

  /**
   * A process that was killed has no command line any more, but keeps its ports and the lock of its
   * store until the last of its threads has ended, of which one may wait for the disk. What then is
   * left to be buried has one thread, and nothing else.
   */
  static boolean isDying(long pid) {
    Path process = Path.of("/proc", Long.toString(pid));
    try (Stream<Path> threads = Files.list(process.resolve("task"))) {
      String stat = Files.readString(process.resolve("stat"), StandardCharsets.ISO_8859_1);
      boolean buried = "ZX".indexOf(stat.charAt(stat.lastIndexOf(')') + 2)) >= 0;
      boolean hasCommandLine = Files.readAllBytes(process.resolve("cmdline")).length > 0;
      return !hasCommandLine && !(buried && threads.count() == 1);
    } catch (IOException | UncheckedIOException e) {
      return false; // gone in the meantime
    }
  }

  private void forget() {
    try {
      Files.deleteIfExists(dir.pidFile(name()));
    } catch (IOException e) {
      throw new CommandFailure(
          "cannot remove " + dir.pidFile(name()) + ": " + ErrorLine.words(e), e);
    }
  }

  /** The last line of the log that says something, for a daemon that did not come up. */
  String lastWords() {
    try {
      List<String> lines = Files.readAllLines(dir.log(name()), StandardCharsets.ISO_8859_1);
      for (int i = lines.size() - 1; i >= 0; i--) {
        String line = lines.get(i).strip();
        if (!line.isEmpty() && !line.startsWith("at ")) {
          return line;
        }
      }
      return "its log is empty";
    } catch (IOException e) {
      return "it left no log";
    }
  }
}
