package io.sluice.objectstore;

/**
 * What a client says an object will be. (ceph: OP_SETALLOCHINT)
 *
 * @param objectBytes expected size
 * @param writeBytes expected size of each write
 * @param flags as Ceph's: 1 sequential write, 2 random write, 4 sequential read, ...
 */
public record AllocHint(long objectBytes, long writeBytes, int flags) {
  /** Nothing was said. */
  public static final AllocHint NONE = new AllocHint(0, 0, 0);
}
