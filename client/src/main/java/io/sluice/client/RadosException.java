package io.sluice.client;

import io.sluice.protocol.Errno;
import java.io.IOException;

/** The cluster said no, or did not say anything in time: an error number and what was tried. */
public final class RadosException extends IOException {
  private static final long serialVersionUID = 1L;

  private final int errno;

  /**
   * @param errno its sign does not matter
   * @param detail what failed, in a few words
   */
  public RadosException(int errno, String detail) {
    super(detail + ": " + Errno.describe(errno));
    this.errno = Math.abs(errno);
  }

  public RadosException(Errno errno, String detail) {
    this(errno.number(), detail);
  }

  /** Positive, as in {@code errno.h}. */
  public int errno() {
    return errno;
  }

  /** {@code ENOENT}, or {@code errno 1234} for a number without a name here. */
  public String errnoName() {
    return Errno.of(errno).map(Errno::name).orElse("errno " + errno);
  }

  /** As Ceph's tools print it: {@code (2) No such file or directory}. */
  public String words() {
    return Errno.describe(errno);
  }

  public boolean is(Errno other) {
    return errno == other.number();
  }
}
