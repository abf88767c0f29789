package io.sluice.monitor;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.UUID;

/**
 * A monitor's directory on disk: whose it is and that nobody else uses it.
 *
 * <pre>
 * DIR/fsid   the cluster's id, one line of text
 * DIR/group  the names of its monitors, separated by commas
 * DIR/lock   locked while a monitor is open
 * DIR/raft/  the consensus' log and snapshots
 * </pre>
 *
 * <p><b>Owns</b> the lock, until {@link #close}.
 */
final class MonitorDirectory implements AutoCloseable {
  private final Path path;
  private final FileChannel lockFile;
  private final UUID fsid;

  private MonitorDirectory(Path path, FileChannel lockFile, UUID fsid) {
    this.path = path;
    this.lockFile = lockFile;
    this.fsid = fsid;
  }

  /**
   * Opens the directory, and makes it when there is none.
   *
   * @param expected the cluster's id, or null for the one found; a new directory without it gets
   *     {@code fresh}
   * @throws IOException in use, or another cluster's
   */
  static MonitorDirectory open(Path path, UUID expected, UUID fresh) throws IOException {
    Files.createDirectories(path);
    FileChannel lockFile =
        FileChannel.open(path.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    try {
      if (!locked(lockFile)) {
        throw new IOException(path + " is in use by another monitor");
      }
      return new MonitorDirectory(path, lockFile, identify(path.resolve("fsid"), expected, fresh));
    } catch (IOException e) {
      lockFile.close();
      throw e;
    }
  }

  private static boolean locked(FileChannel lockFile) throws IOException {
    try {
      FileLock lock = lockFile.tryLock();
      return lock != null;
    } catch (OverlappingFileLockException e) {
      return false; // by this very process
    }
  }

  private static UUID identify(Path file, UUID expected, UUID fresh) throws IOException {
    String text = remembered(file, (expected == null ? fresh : expected).toString());
    UUID found;
    try {
      found = UUID.fromString(text);
    } catch (IllegalArgumentException e) {
      throw new IOException(file + " holds no cluster id: '" + text + "'", e);
    }
    if (expected != null && !expected.equals(found)) {
      throw new IOException(
          file.getParent() + " belongs to cluster " + found + ", not to " + expected);
    }
    return found;
  }

  /**
   * Checks that the group is the one this directory's log was made for: with other members, two
   * groups could decide for one cluster.
   */
  void checkGroup(List<String> names) throws IOException {
    String asked = String.join(",", names);
    String known = remembered(path.resolve("group"), asked);
    if (!known.equals(asked)) {
      throw new IOException(
          path
              + " is of the monitors "
              + known
              + ", not "
              + asked
              + ": changing them is not built yet");
    }
  }

  /** The line of text in a file, which is made with {@code first} when there is none. */
  private static String remembered(Path file, String first) throws IOException {
    if (!Files.exists(file)) {
      Path partial = file.resolveSibling(file.getFileName() + ".partial");
      try (FileChannel out =
          FileChannel.open(
              partial,
              StandardOpenOption.CREATE,
              StandardOpenOption.TRUNCATE_EXISTING,
              StandardOpenOption.WRITE)) {
        out.write(StandardCharsets.UTF_8.encode(first + "\n"));
        out.force(true);
      }
      Files.move(partial, file, StandardCopyOption.ATOMIC_MOVE);
    }
    return Files.readString(file).strip();
  }

  UUID fsid() {
    return fsid;
  }

  Path raft() {
    return path.resolve("raft");
  }

  @Override
  public void close() throws IOException {
    lockFile.close();
  }
}
