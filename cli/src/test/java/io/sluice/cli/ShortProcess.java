package io.sluice.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A process that has ended, and what it said: standard output and error together. */
record ShortProcess(int exit, String words) {
  private static final int SECONDS_MAX = 120;

  /**
   * Runs it to its end, in a bounded time, with nothing as its input.
   *
   * @param out where its words go meanwhile
   */
  static ShortProcess run(Path out, List<String> line) throws IOException, InterruptedException {
    return run(Path.of("/dev/null"), out, line);
  }

  /** The same with a file as its input. */
  static ShortProcess run(Path in, Path out, List<String> line)
      throws IOException, InterruptedException {
    Process process =
        new ProcessBuilder(line)
            .redirectErrorStream(true)
            .redirectInput(in.toFile())
            .redirectOutput(out.toFile())
            .start();
    try {
      assertThat(process.waitFor(SECONDS_MAX, TimeUnit.SECONDS)).as("%s ends", line).isTrue();
      return new ShortProcess(process.exitValue(), Files.readString(out));
    } finally {
      process.destroyForcibly();
    }
  }
}
