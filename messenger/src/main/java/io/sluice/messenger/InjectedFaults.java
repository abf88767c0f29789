package io.sluice.messenger;

import io.sluice.types.EntityName;
import java.util.Arrays;

/**
 * What a daemon's network shall do wrong, as its options say.
 *
 * @param socketFailures of so many messages received, one ends its connection unseen; 0: none.
 *     (ceph: ms_inject_socket_failures)
 * @param delayType kinds of peers whose messages are late, by name: {@code "osd client"}. (ceph:
 *     ms_inject_delay_type)
 * @param delayProbability share of their messages after which nothing more is read for a while, 0
 *     to 1. (ceph: ms_inject_delay_probability)
 * @param delayMaxNanos the longest while; they are spread evenly from 0 on. (ceph:
 *     ms_inject_delay_max)
 */
public record InjectedFaults(
    long socketFailures, String delayType, double delayProbability, long delayMaxNanos) {
  /** None, with Ceph's defaults. */
  public static final InjectedFaults NONE = new InjectedFaults(0, "", 0, 1_000_000_000L);

  boolean delays(int peerType) {
    return !delayType.isEmpty()
        && Arrays.asList(delayType.split("[ ,;]+")).contains(EntityName.typeName(peerType));
  }
}
