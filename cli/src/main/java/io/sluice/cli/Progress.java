package io.sluice.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;

/**
 * A progress bar on standard error when that is a terminal and there is something to wait for;
 * nothing otherwise.
 *
 * <p><b>Threads:</b> any.
 */
final class Progress implements AutoCloseable {
  /** Less than this is done before anybody could read a bar. */
  private static final long WORTH_A_BAR = 32L << 20;

  private static final long MEBIBYTE = 1L << 20;

  static final Progress NONE = new Progress(null);

  private final ProgressBar bar;

  private Progress(ProgressBar bar) {
    this.bar = bar;
  }

  /** How much there is to wait for, which somebody has to be asked. */
  interface Total {
    /** Bytes in all, or -1 when unknown. */
    long bytes() throws IOException;
  }

  /** Asks for the total only where there is a terminal to show it on. */
  static Progress of(String task, Total total) throws IOException {
    return errIsTerminal() ? of(task, total.bytes()) : NONE;
  }

  /**
   * @param bytes in all, or -1 when unknown
   */
  static Progress of(String task, long bytes) {
    if (bytes >= 0 && bytes < WORTH_A_BAR || !errIsTerminal()) {
      return NONE;
    }
    return new Progress(bar(task, bytes, " MiB", MEBIBYTE));
  }

  /**
   * Of what takes as long as it is asked to: a load of so many seconds, or objects.
   *
   * @param unit with a space before it
   */
  static Progress counting(String task, long steps, String unit) {
    return errIsTerminal() ? new Progress(bar(task, steps, unit, 1)) : NONE;
  }

  private static ProgressBar bar(String task, long max, String unit, long unitSize) {
    return new ProgressBarBuilder()
        .setTaskName(task)
        .setInitialMax(max)
        .setUnit(unit, unitSize)
        .setStyle(ProgressBarStyle.ASCII)
        .setUpdateIntervalMillis(200)
        .build();
  }

  private static boolean errIsTerminal() {
    try {
      String target = Files.readSymbolicLink(Path.of("/proc/self/fd/2")).toString();
      return target.startsWith("/dev/pts/") || target.startsWith("/dev/tty");
    } catch (IOException e) {
      return false; // no /proc: no bar
    }
  }

  void add(long bytes) {
    if (bar != null) {
      bar.stepBy(bytes);
    }
  }

  /** So many steps are done in all. */
  void reach(long steps) {
    if (bar != null) {
      bar.stepTo(steps);
    }
  }

  @Override
  public void close() {
    if (bar != null) {
      bar.close();
    }
  }
}
