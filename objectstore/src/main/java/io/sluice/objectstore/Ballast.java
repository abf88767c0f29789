package io.sluice.objectstore;

import io.sluice.bufferlist.Sys;
import io.sluice.bufferlist.SystemCallException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The file {@code ballast}: room that nobody needs, given up when the file system is full, so that
 * the database can write deletes and compact itself. Its bytes mean nothing.
 *
 * <p><b>Threads:</b> any.
 */
final class Ballast {
  static final String FILE = "ballast";

  /** Some of RocksDB's write buffers, its log, and a compaction of them. */
  private static final long BYTES_MAX = 128L << 20;

  /** Less would not help: none is kept then. */
  private static final long BYTES_MIN = 1 << 20;

  /** Of a small store, or of a small file system, at most these parts. */
  private static final int STORE_PART = 64;

  private static final int FILE_SYSTEM_PART = 16;

  private final Sys sys;
  private final Path path;
  private final long bytes;
  private boolean held;

  Ballast(Sys sys, Path dir, long bytes) {
    this.sys = sys;
    this.path = dir.resolve(FILE);
    this.bytes = bytes;
  }

  /** 0 = the store is too small for one. */
  static long bytesFor(long storeBytes, long fileSystemBytes) {
    long part = Math.min(storeBytes / STORE_PART, fileSystemBytes / FILE_SYSTEM_PART);
    return part < BYTES_MIN ? 0 : Math.min(BYTES_MAX, part);
  }

  long bytes() {
    return bytes;
  }

  synchronized boolean held() {
    return held;
  }

  /** Takes the room; without effect where there is too little, or a file system cannot reserve. */
  synchronized void raise() throws IOException {
    int fd = sys.open(path.toString(), Sys.O_RDWR | Sys.O_CREAT | Sys.O_CLOEXEC, 0600);
    SystemCallException.check(sys, "open " + path, fd);
    try {
      held = sys.fallocate(fd, 0, 0, bytes) == 0;
    } finally {
      sys.close(fd);
    }
    if (!held) {
      Files.deleteIfExists(path);
    }
  }

  /** Gives the room up; false when there was nothing to give. */
  synchronized boolean release() throws IOException {
    held = false;
    return Files.deleteIfExists(path);
  }
}
