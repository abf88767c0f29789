package io.sluice.protocol;

/** Gives out parts of a message's data segment that have arrived in memory. */
@FunctionalInterface
public interface DataReader {
  /**
   * The bytes {@code [offset, offset+length)} of the data segment.
   *
   * @return null when they are not in memory (in pipes, in a caller's buffer): the step keeps its
   *     payload apart
   */
  byte[] read(long offset, int length);
}
