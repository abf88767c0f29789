package io.sluice.clustertests;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** What daemons wrote that no test may pass over. */
final class DaemonLogs {
  /** Of the guards of bufferlist, which a resend could otherwise hide. */
  private static final List<String> GUARDS =
      List.of("WrongOwnerException", "UnexpectedInspectionException");

  private DaemonLogs() {}

  /**
   * @throws AssertionError when a guard has thrown in a daemon of that directory
   */
  static void assertNoGuardThrew(Path dir) {
    try (Stream<Path> files = Files.list(dir)) {
      for (Path log : files.filter(file -> file.toString().endsWith(".log")).toList()) {
        for (String line : Files.readString(log, StandardCharsets.ISO_8859_1).split("\n")) {
          if (GUARDS.stream().anyMatch(line::contains)) {
            throw new AssertionError(log.getFileName() + ": " + line);
          }
        }
      }
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }
}
