package io.sluice.osd;

/**
 * What the logs of all placement groups may take of the heap: each as much as any other, so that no
 * client can have more by writing to one group after the other.
 *
 * <p><b>Threads:</b> any.
 */
final class LogRoom {
  private final long bytes;
  private int logs;
  private volatile long share;

  LogRoom(long bytes) {
    this.bytes = bytes;
    this.share = bytes;
  }

  /** One more, or fewer, of which there is a copy here. */
  synchronized void count(int more) {
    logs += more;
    share = bytes / Math.max(1, logs);
  }

  /** What one may take. */
  long share() {
    return share;
  }

  @Override
  public String toString() {
    return logs + " logs of " + share + " bytes";
  }
}
