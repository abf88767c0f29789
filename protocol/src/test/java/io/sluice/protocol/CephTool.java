package io.sluice.protocol;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Runs one of Ceph's own map tools, the judges of our encodings; a test that needs one that is
 * absent skips by name.
 */
final class CephTool {
  private static final int PATIENCE_SECONDS = 60;

  private CephTool() {}

  static boolean isInstalled(String tool) {
    for (String directory : System.getenv().getOrDefault("PATH", "").split(":")) {
      if (Files.isExecutable(Path.of(directory, tool))) {
        return true;
      }
    }
    return false;
  }

  /** What the tool prints, when it ends well. */
  static String run(String tool, Object... arguments) throws IOException, InterruptedException {
    assumeTrue(
        isInstalled(tool),
        "SKIPPED: " + tool + " is not installed (Debian packages ceph-base, ceph-common)");
    List<String> command = new ArrayList<>(List.of(tool));
    for (Object argument : arguments) {
      command.add(argument.toString());
    }
    Path printed = Files.createTempFile("sluice-ceph-tool", ".out");
    try {
      Process process =
          new ProcessBuilder(command)
              .redirectErrorStream(true)
              .redirectOutput(printed.toFile())
              .start();
      if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
        process.destroyForcibly();
        throw new AssertionError(command + " did not end in " + PATIENCE_SECONDS + " s");
      }
      int code = process.exitValue();
      String output = Files.readString(printed);
      if (code != 0) {
        throw new AssertionError(command + " ended with " + code + ":\n" + output);
      }
      return output;
    } finally {
      Files.delete(printed);
    }
  }

  /**
   * A file of the real Ceph 16.2.15 cluster that the maps in the test resources were taken from.
   */
  static byte[] recorded(String name) throws IOException {
    try (var in = CephTool.class.getResourceAsStream("ceph-16.2.15." + name)) {
      return in.readAllBytes();
    }
  }
}
