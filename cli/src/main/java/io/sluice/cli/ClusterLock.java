package io.sluice.cli;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.StandardOpenOption;

/** Keeps two commands from starting or stopping daemons of one directory at the same time. */
final class ClusterLock {
  private ClusterLock() {}

  /** What is done while nobody else may. */
  @FunctionalInterface
  interface Task<T> {
    T run() throws IOException;
  }

  /** Runs the task, or fails at once when another command is at it. */
  static <T> T holding(ClusterDir dir, Task<T> task) throws IOException {
    Files.createDirectories(dir.root());
    try (FileChannel channel =
        FileChannel.open(
            dir.root().resolve("cluster.lock"),
            StandardOpenOption.CREATE,
            StandardOpenOption.WRITE)) {
      FileLock lock = channel.tryLock(); // goes with the channel
      if (lock == null) {
        throw busy(dir, null);
      }
      return task.run();
    } catch (OverlappingFileLockException e) {
      throw busy(dir, e);
    }
  }

  private static CommandFailure busy(ClusterDir dir, Exception cause) {
    return new CommandFailure(
        "another sluice command is starting or stopping daemons in " + dir.root(), cause);
  }
}
