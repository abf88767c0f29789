package io.sluice.protocol;

import java.util.List;

/**
 * Who serves a placement group under one map.
 *
 * @param up who should: CRUSH's choice among the OSDs that are up
 * @param upPrimary first of up, or as affinity says; -1 for nobody
 * @param acting who does: {@code pg_temp} where there is one, else up
 * @param primary of acting; -1 for nobody
 */
public record PgMapping(List<Integer> up, int upPrimary, List<Integer> acting, int primary) {
  /** Nobody at all: no such pool or group. */
  public static final PgMapping NONE = new PgMapping(List.of(), -1, List.of(), -1);

  public PgMapping {
    up = List.copyOf(up);
    acting = List.copyOf(acting);
  }
}
