package io.sluice.bufferlist;

import io.sluice.bufferlist.Resources.Kind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A file of memory for somebody who looks: memfd_create, or where that is missing an unlinked file
 * on tmpfs (counted as {@code look_tmpfs}).
 */
final class LookFile {
  private static final int MFD_CLOEXEC = 1;
  private static final int OWNER_ONLY = 0600;
  private static final String SHARED_MEMORY = "/dev/shm";

  /** On a disk the bytes would not only be slow, they would outlive a crash. */
  private static final boolean SHARED_MEMORY_IS_TMPFS = isTmpfs(SHARED_MEMORY);

  private LookFile() {}

  private static boolean isTmpfs(String directory) {
    try {
      return Files.getFileStore(Path.of(directory)).type().equals("tmpfs");
    } catch (IOException e) {
      return false; // not there, which is as good as another file system
    }
  }

  /** A descriptor to be closed by {@link #close}, or -errno when there is neither. */
  static int open(Sys sys, CopyMeter meter) {
    int fd = sys.memfdCreate("sluice-look", MFD_CLOEXEC);
    if (fd < 0 && SHARED_MEMORY_IS_TMPFS) {
      int flags = Sys.O_TMPFILE | Sys.O_RDWR | Sys.O_EXCL | Sys.O_CLOEXEC;
      fd = sys.open(SHARED_MEMORY, flags, OWNER_ONLY);
      meter.fallback(fd < 0 ? "look_errno_" + -fd : "look_tmpfs");
    }
    if (fd >= 0) {
      Resources.opened(Kind.MEMFD);
    }
    return fd;
  }

  static void close(Sys sys, int fd) {
    sys.close(fd);
    Resources.closed(Kind.MEMFD);
  }
}
