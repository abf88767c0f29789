package io.sluice.messenger;

import io.sluice.types.EntityName;

/**
 * Gives connecting clients their global ids; the monitor's never gives one twice. Connection's
 * loop.
 */
@FunctionalInterface
public interface GlobalIds {
  /**
   * @param requested what the client asked for: 0, or one it holds from an earlier connection
   * @return the id it gets; negative: none to be had now, the connection is closed and the client
   *     comes back
   */
  long grant(EntityName peer, long requested);
}
