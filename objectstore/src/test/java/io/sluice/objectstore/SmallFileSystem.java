package io.sluice.objectstore;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assumptions;

/**
 * A file system of a few megabytes, mounted for one test; needs root. <b>Owns</b> its mount and its
 * loop device: {@link #close} undoes both, at once or as soon as nobody uses them.
 */
final class SmallFileSystem implements AutoCloseable {
  private static final long PATIENCE_SECONDS = 30;

  private final Path dir;
  private final Path image;

  private SmallFileSystem(Path dir, Path image) {
    this.dir = dir;
    this.image = image;
  }

  /** In memory. */
  static SmallFileSystem tmpfs(Path dir, int megabytes) throws IOException {
    requireRoot();
    Files.createDirectories(dir);
    assumed("mount", "-t", "tmpfs", "-o", "size=" + megabytes + "m", "tmpfs", dir.toString());
    return new SmallFileSystem(dir, null);
  }

  /** ext4 in a sparse file that claims {@code megabytes}, whatever there is below it. */
  static SmallFileSystem ext4(Path dir, Path image, int megabytes) throws IOException {
    requireRoot();
    Files.createDirectories(dir);
    try (java.io.RandomAccessFile file = new java.io.RandomAccessFile(image.toFile(), "rw")) {
      file.setLength((long) megabytes << 20);
    }
    assumed("mkfs.ext4", "-q", "-m", "0", "-O", "^has_journal", image.toString());
    assumed("mount", "-o", "loop", image.toString(), dir.toString());
    return new SmallFileSystem(dir, image);
  }

  Path dir() {
    return dir;
  }

  private static void requireRoot() throws IOException {
    Assumptions.assumeTrue(
        run("id", "-u").strip().equals("0"), "SKIPPED: mounting a file system needs root");
  }

  /** Skips the test, by name, where the machine cannot do that. */
  private static void assumed(String... line) throws IOException {
    try {
      run(line);
    } catch (IOException e) {
      Assumptions.abort("SKIPPED: " + e.getMessage());
    }
  }

  private static String run(String... line) throws IOException {
    Process process =
        new ProcessBuilder(new ArrayList<>(List.of(line))).redirectErrorStream(true).start();
    try {
      process.getOutputStream().close();
      if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
        throw new IOException(line[0] + " hangs");
      }
      String output = new String(process.getInputStream().readAllBytes());
      if (process.exitValue() != 0) {
        throw new IOException(String.join(" ", line) + ": " + output);
      }
      return output;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted: " + line[0], e);
    } finally {
      process.destroyForcibly();
    }
  }

  @Override
  public void close() throws IOException {
    run("umount", "-l", dir.toString());
    if (image != null) {
      Files.deleteIfExists(image);
    }
  }
}
