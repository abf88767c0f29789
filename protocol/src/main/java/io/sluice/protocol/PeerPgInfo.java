package io.sluice.protocol;

import io.sluice.bufferlist.Decoder;
import io.sluice.bufferlist.Encoder;
import io.sluice.types.EVersion;

/**
 * Where one copy of a placement group stands; stored with every change and exchanged in peering.
 *
 * <pre>
 * v1 { eversion last_update | eversion last_complete | le32 last_epoch_started | le32 same_interval_since
 *      eversion log_tail | le64 last_user_version }
 * </pre>
 *
 * @param lastUpdate newest entry of the log
 * @param lastComplete everything up to here is in the objects
 * @param lastEpochStarted the interval in which the group last went active here
 * @param intervalSince the interval this copy last entered
 * @param logTail the entry before the oldest one kept
 * @param lastUserVersion the highest version that users have seen of any object in it
 */
public record PeerPgInfo(
    EVersion lastUpdate,
    EVersion lastComplete,
    int lastEpochStarted,
    int intervalSince,
    EVersion logTail,
    long lastUserVersion) {
  public static final PeerPgInfo EMPTY =
      new PeerPgInfo(EVersion.ZERO, EVersion.ZERO, 0, 0, EVersion.ZERO, 0);

  public PeerPgInfo advanced(EVersion version, EVersion tail, long userVersion) {
    return new PeerPgInfo(
        version,
        version,
        lastEpochStarted,
        intervalSince,
        tail,
        Math.max(lastUserVersion, userVersion));
  }

  /** The same copy, of which the log keeps less. */
  public PeerPgInfo withTail(EVersion tail) {
    return new PeerPgInfo(
        lastUpdate, lastComplete, lastEpochStarted, intervalSince, tail, lastUserVersion);
  }

  public PeerPgInfo started(int interval) {
    return new PeerPgInfo(lastUpdate, lastComplete, interval, interval, logTail, lastUserVersion);
  }

  /**
   * Of a copy of a part of this one's objects, whose newest change was that, and which keeps those
   * after {@code tail}.
   */
  public PeerPgInfo part(EVersion newest, EVersion tail) {
    return new PeerPgInfo(newest, newest, lastEpochStarted, intervalSince, tail, lastUserVersion);
  }

  public void encode(Encoder to) {
    int mark = to.begin(1, 1);
    lastUpdate.encode(to);
    lastComplete.encode(to);
    to.le32(lastEpochStarted).le32(intervalSince);
    logTail.encode(to);
    to.le64(lastUserVersion);
    to.end(mark);
  }

  public static PeerPgInfo decode(Decoder from) {
    Decoder.Struct struct = from.begin(1, "pg info");
    EVersion lastUpdate = EVersion.decode(from);
    EVersion lastComplete = EVersion.decode(from);
    int lastEpochStarted = from.le32();
    int intervalSince = from.le32();
    EVersion logTail = EVersion.decode(from);
    PeerPgInfo info =
        new PeerPgInfo(
            lastUpdate, lastComplete, lastEpochStarted, intervalSince, logTail, from.le64());
    from.end(struct);
    return info;
  }
}
