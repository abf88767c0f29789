package io.sluice.clustertests;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Assumptions;

/** What this machine must have for a test; without it the test skips, loudly and by name. */
final class Tools {
  private Tools() {}

  static void require(String tool, String debianPackage) {
    skipUnless(there(tool), tool + " is not installed (apt-get install " + debianPackage + ")");
  }

  static boolean there(String tool) {
    return Arrays.stream(System.getenv("PATH").split(":"))
        .anyMatch(dir -> Files.isExecutable(Path.of(dir, tool)));
  }

  static void requireRoot() {
    skipUnless("root".equals(System.getProperty("user.name")), "needs root");
  }

  static void skipUnless(boolean condition, String reason) {
    if (!condition) {
      System.err.println("SKIPPED: " + reason);
    }
    Assumptions.assumeTrue(condition, reason);
  }
}
