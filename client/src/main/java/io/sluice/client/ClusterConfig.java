package io.sluice.client;

import io.sluice.types.AddrVec;
import java.time.Duration;
import java.util.List;
import java.util.Objects;

/**
 * How a client connects and how long it waits.
 *
 * @param monitors where they are, at least one
 * @param connectTimeout until the first map is there
 * @param opTimeout for each operation and command; zero = for ever, as librados
 * @param maxOpsInFlight more block their callers
 * @param maxBytesInFlight of payload, likewise
 */
public record ClusterConfig(
    List<AddrVec> monitors,
    Duration connectTimeout,
    Duration opTimeout,
    int maxOpsInFlight,
    long maxBytesInFlight) {
  /** As librados: objecter_inflight_ops and objecter_inflight_op_bytes. */
  private static final int OPS_IN_FLIGHT = 1024;

  private static final long BYTES_IN_FLIGHT = 100L << 20;

  public ClusterConfig {
    monitors = List.copyOf(monitors);
    Objects.requireNonNull(connectTimeout);
    Objects.requireNonNull(opTimeout);
    if (monitors.isEmpty() || maxOpsInFlight < 1 || maxBytesInFlight < 1) {
      throw new IllegalArgumentException("no monitors, or nothing may be in flight");
    }
  }

  public static ClusterConfig of(List<AddrVec> monitors) {
    return new ClusterConfig(
        monitors, Duration.ofSeconds(15), Duration.ZERO, OPS_IN_FLIGHT, BYTES_IN_FLIGHT);
  }

  public ClusterConfig withOpTimeout(Duration timeout) {
    return new ClusterConfig(monitors, connectTimeout, timeout, maxOpsInFlight, maxBytesInFlight);
  }

  public ClusterConfig withConnectTimeout(Duration timeout) {
    return new ClusterConfig(monitors, timeout, opTimeout, maxOpsInFlight, maxBytesInFlight);
  }
}
