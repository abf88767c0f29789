package io.sluice.objectstore;

import io.sluice.bufferlist.Resources;
import io.sluice.bufferlist.Sys;
import java.nio.file.Path;

/** Holds the file {@code lock} of a store against a second process. <b>Owns</b> its descriptor. */
final class StoreLock implements AutoCloseable {
  private final Sys sys;
  private final int fd;

  private StoreLock(Sys sys, int fd) {
    this.sys = sys;
    this.fd = fd;
  }

  static StoreLock acquire(Sys sys, Path dir) throws StoreException {
    String path = dir.resolve("lock").toString();
    int fd = sys.open(path, Sys.O_RDWR | Sys.O_CREAT | Sys.O_CLOEXEC, 0600);
    if (fd < 0) {
      throw new StoreException(
          StoreException.Kind.READ_ERROR, "cannot open " + path + ": " + sys.describe(-fd));
    }
    int status = sys.tryLock(fd);
    if (status < 0) {
      sys.close(fd);
      throw new StoreException(
          StoreException.Kind.IN_USE, "store " + dir + " is in use by another daemon");
    }
    Resources.opened(Resources.Kind.FD);
    return new StoreLock(sys, fd);
  }

  @Override
  public void close() {
    sys.close(fd);
    Resources.closed(Resources.Kind.FD);
  }
}
