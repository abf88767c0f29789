package io.sluice.monitor;

import io.sluice.bufferlist.Decoder;
import io.sluice.bufferlist.Encoder;
import io.sluice.protocol.MLog;
import io.sluice.types.EntityName;
import io.sluice.types.UTime;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * The last lines of the cluster's log: part of what the monitors agree on, so that each shows the
 * same ones.
 *
 * <p><b>Invariants:</b> at most {@link #LINES_MAX} lines of at most {@link #TEXT_MAX} characters; a
 * line that a daemon says twice is kept once.
 *
 * <pre>
 * struct v1 { le64 version | le32 n, n x LogEntry }
 * </pre>
 *
 * @param version how many lines there ever were: the number of the last one
 */
record ClusterLog(long version, List<MLog.Entry> lines) {
  /** Some 200 KiB in every snapshot. Ceph keeps 50 of a channel (mon_log_max_summary). */
  static final int LINES_MAX = 500;

  /** A command with its arguments, or a health check, is shorter. */
  static final int TEXT_MAX = 1024;

  static final ClusterLog EMPTY = new ClusterLog(0, List.of());

  /** What a line is told from others by. */
  private record Key(EntityName rank, UTime stamp, long sequence) {
    static Key of(MLog.Entry line) {
      return new Key(line.rank(), line.stamp(), line.sequence());
    }
  }

  ClusterLog {
    lines = Collections.unmodifiableList(lines);
  }

  /** This log and more lines; itself when it has them all. */
  ClusterLog with(List<MLog.Entry> more) {
    Set<Key> known = new HashSet<>();
    lines.forEach(line -> known.add(Key.of(line)));
    List<MLog.Entry> fresh = new ArrayList<>();
    for (MLog.Entry line : more) {
      // What a user says has no number of its own, and may be said again.
      if (known.add(Key.of(line)) || line.sequence() == 0) {
        fresh.add(line.shortened(TEXT_MAX));
      }
    }
    if (fresh.isEmpty()) {
      return this;
    }
    List<MLog.Entry> all = new ArrayList<>(lines);
    all.addAll(fresh);
    int drop = Math.max(0, all.size() - LINES_MAX);
    return new ClusterLog(version + fresh.size(), List.copyOf(all.subList(drop, all.size())));
  }

  /** The number of the oldest line kept. */
  long first() {
    return version - lines.size() + 1;
  }

  /** The lines from that number on, as far as they are kept. */
  List<MLog.Entry> from(long number) {
    long skip = Math.max(0, number - first());
    return skip >= lines.size() ? List.of() : lines.subList((int) skip, lines.size());
  }

  void encode(Encoder to) {
    int mark = to.begin(1, 1);
    to.le64(version).list(lines, (each, line) -> line.encode(each));
    to.end(mark);
  }

  static ClusterLog decode(Decoder from) {
    Decoder.Struct struct = from.begin(1, "ClusterLog");
    ClusterLog log = new ClusterLog(from.le64(), from.list(MLog.Entry::decode));
    from.end(struct);
    return log;
  }

  @Override
  public String toString() {
    return lines.size() + " lines up to " + version;
  }
}
