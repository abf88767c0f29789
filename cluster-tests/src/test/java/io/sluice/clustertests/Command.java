package io.sluice.clustertests;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A command line to run, with its output caught in files so that a long one cannot block it. */
final class Command {
  /** Longer than anything here takes on a busy machine: only a command that hangs meets it. */
  static final long PATIENCE_SECONDS = 180;

  private final List<String> line;
  private final ProcessBuilder builder;

  Command(List<String> line) {
    this.line = List.copyOf(line);
    this.builder = new ProcessBuilder(this.line);
  }

  /** The start of a {@code sluice} command line, run from the jar that this build made. */
  static List<String> sluice() {
    return SluiceJar.commandLine();
  }

  Command env(String name, String value) {
    builder.environment().put(name, value);
    return this;
  }

  Command in(Path directory) {
    builder.directory(directory.toFile());
    return this;
  }

  Process start() {
    try {
      return builder.start();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Started with its output thrown away, so that nobody needs to read it. */
  Process startSilently() {
    builder
        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
        .redirectError(ProcessBuilder.Redirect.DISCARD);
    return start();
  }

  /** Started with all it says going to a file. */
  Process startInto(Path file) {
    builder.redirectErrorStream(true).redirectOutput(file.toFile());
    return start();
  }

  Finished run() {
    return run(null);
  }

  /** Runs to the end with {@code input} (or nothing) as standard input. */
  Finished run(Path input) {
    try {
      Path out = Files.createTempFile("sluice-out", ".txt");
      Path err = Files.createTempFile("sluice-err", ".txt");
      builder.redirectOutput(out.toFile()).redirectError(err.toFile());
      builder.redirectInput(
          input == null
              ? ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile())
              : ProcessBuilder.Redirect.from(input.toFile()));
      Process process = builder.start();
      if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
        process.destroyForcibly();
        throw new AssertionError(
            "hangs: " + line + "\n" + Files.readString(out) + "\n" + Files.readString(err));
      }
      Finished finished =
          new Finished(String.join(" ", line), process.exitValue(), text(out), text(err));
      Files.delete(out);
      Files.delete(err);
      return finished;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError("interrupted: " + line, e);
    }
  }

  private static String text(Path file) throws IOException {
    return new String(Files.readAllBytes(file), java.nio.charset.StandardCharsets.UTF_8);
  }
}
