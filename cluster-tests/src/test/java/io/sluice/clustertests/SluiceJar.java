package io.sluice.clustertests;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * The jar that this build made, and beside it the archive of loaded classes that {@code ./sluice}
 * keeps too: without it a cluster costs a third more of the processors before it serves.
 */
final class SluiceJar {
  private static final int TRAINING_SECONDS_MAX = 90;

  private static List<String> line;

  private SluiceJar() {}

  /** The start of a command line; the jar comes last. */
  static synchronized List<String> commandLine() {
    if (line == null) {
      line = make();
    }
    return line;
  }

  private static List<String> make() {
    Path jar = Path.of("..", "cli", "target", "sluice.jar").toAbsolutePath().normalize();
    if (!Files.exists(jar)) {
      throw new AssertionError(
          jar.getFileName()
              + " is missing: run `mvn verify` from the root, which packages cli first");
    }
    List<String> java = new ArrayList<>();
    java.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    java.addAll(List.of("-Xmx512m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"));
    java.add("-Dsluice.owners=enforce");
    try {
      Path archive = jar.resolveSibling("sluice-" + System.getProperty("java.version") + ".jsa");
      if (!isNewer(archive, jar)) {
        train(java, jar, archive);
      }
      if (isNewer(archive, jar)) { // else it goes without
        java.addAll(List.of("-Xshare:auto", "-Xlog:disable", "-XX:SharedArchiveFile=" + archive));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    java.addAll(List.of("-jar", jar.toString()));
    return List.copyOf(java);
  }

  private static boolean isNewer(Path archive, Path jar) throws IOException {
    return Files.exists(archive)
        && Files.size(archive) > 0
        && Files.getLastModifiedTime(archive).compareTo(Files.getLastModifiedTime(jar)) > 0;
  }

  private static void train(List<String> java, Path jar, Path archive) throws IOException {
    Files.deleteIfExists(archive);
    Path scratch = Files.createTempDirectory("sluice-train");
    List<String> training = new ArrayList<>(java);
    training.addAll(List.of("-Xlog:disable", "-XX:ArchiveClassesAtExit=" + archive));
    training.addAll(List.of("-jar", jar.toString(), "train", scratch.resolve("d").toString()));
    Process process = new Command(training).startSilently();
    try {
      if (!process.waitFor(TRAINING_SECONDS_MAX, TimeUnit.SECONDS)) {
        process.destroyForcibly().waitFor();
        Files.deleteIfExists(archive); // perhaps half of one
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError("interrupted while classes were archived", e);
    } finally {
      process.destroyForcibly();
    }
  }
}
