package io.sluice.monitor;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.sluice.types.UTime;
import java.util.ArrayList;
import java.util.List;

/**
 * A check that the user does not want to hear of; kept in the replicated options, in a section of
 * its own: {@code UNTIL NUL STICKY NUL COUNT NUL SUMMARY}.
 *
 * @param until seconds of the clock; 0 for ever
 * @param sticky stays when the check clears, or gets worse
 * @param count of what was wrong when it was muted
 */
record HealthMute(String code, long until, boolean sticky, int count, String summary) {
  /** The section of the replicated options that holds them. */
  static final String SECTION = "health-mute";

  static List<HealthMute> of(MonState state) {
    List<HealthMute> all = new ArrayList<>();
    state
        .configOf(SECTION + "/")
        .forEach((key, value) -> all.add(parse(key.substring(SECTION.length() + 1), value)));
    return all;
  }

  private static HealthMute parse(String code, String value) {
    String[] parts = value.split(MapEdit.NUL, 4);
    return new HealthMute(
        code,
        Long.parseLong(parts[0]),
        Boolean.parseBoolean(parts[1]),
        Integer.parseInt(parts[2]),
        parts[3]);
  }

  Change toChange() {
    return new Change.SetConfig(
        SECTION, code, String.join(MapEdit.NUL, until + "", sticky + "", count + "", summary));
  }

  Change toRemoval() {
    return new Change.SetConfig(SECTION, code, "");
  }

  boolean isOver(UTime now) {
    return until != 0 && until <= seconds(now);
  }

  private static long seconds(UTime now) {
    return Integer.toUnsignedLong(now.seconds());
  }

  /** How long it lasts, {@code 59m}; empty for ever. */
  String left(UTime now) {
    return until == 0 ? "" : Units.age(until - seconds(now));
  }

  ObjectNode toJson() {
    ObjectNode node = CommandCall.object().put("code", code);
    if (until != 0) {
      node.put("ttl", Units.time(new UTime((int) until, 0)));
    }
    return node.put("sticky", sticky).put("summary", summary).put("count", count);
  }
}
