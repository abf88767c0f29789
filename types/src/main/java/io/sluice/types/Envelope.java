package io.sluice.types;

import io.sluice.bufferlist.BufferList;
import io.sluice.bufferlist.LazyBytes;

/**
 * A message as the messenger sees it: a type with versions, two small parts in memory and a payload
 * of any kind. Typed messages (module protocol) become envelopes and are read from them.
 *
 * <p><b>Owns</b> {@code data} and {@code later}; whoever is handed an envelope closes it.
 *
 * @param priority higher is sent first; Ceph's default is 127, its low 64, its high 196
 * @param tid transaction id, echoed by replies
 * @param middle empty, or the checksum vector of the payload (when the peer takes one)
 * @param dataCrc CRC-32C (seed -1) of the payload when already known, else null: the sender
 *     computes it
 * @param later payload that is brought while it is sent, after {@code data}, which is empty then;
 *     its {@code dataCrc} is known. Null: all of it is in {@code data}
 */
public record Envelope(
    int type,
    int version,
    int compatVersion,
    int priority,
    long tid,
    byte[] front,
    byte[] middle,
    BufferList data,
    Integer dataCrc,
    LazyBytes later)
    implements AutoCloseable {
  public static final int PRIORITY_DEFAULT = 127;
  public static final int PRIORITY_HIGH = 196;
  private static final byte[] NOTHING = {};

  public Envelope {
    if (later != null && (dataCrc == null || data.length() > 0)) {
      throw new IllegalArgumentException("payload to come without its checksum, or beside other");
    }
  }

  /** A message without payload. */
  public static Envelope of(int type, int version, int compatVersion, long tid, byte[] front) {
    return new Envelope(
        type,
        version,
        compatVersion,
        PRIORITY_DEFAULT,
        tid,
        front,
        NOTHING,
        new BufferList(),
        null,
        null);
  }

  /** The same message with a payload, taken over. */
  public Envelope claimData(BufferList payload, byte[] newMiddle, Integer crc) {
    return new Envelope(
        type, version, compatVersion, priority, tid, front, newMiddle, payload, crc, null);
  }

  /** The same message with a payload that is brought while it is sent, taken over. */
  public Envelope claimLater(LazyBytes payload, byte[] newMiddle, int crc) {
    return new Envelope(
        type, version, compatVersion, priority, tid, front, newMiddle, data, crc, payload);
  }

  /** Bytes of payload, there or to come. */
  public long payloadLength() {
    return data.length() + (later == null ? 0 : later.length());
  }

  public Envelope withTid(long newTid) {
    return new Envelope(
        type, version, compatVersion, priority, newTid, front, middle, data, dataCrc, later);
  }

  public Envelope withPriority(int newPriority) {
    return new Envelope(
        type, version, compatVersion, newPriority, tid, front, middle, data, dataCrc, later);
  }

  @Override
  public void close() {
    data.close();
    if (later != null) {
      later.close();
    }
  }

  @Override
  public String toString() {
    return "0x"
        + Integer.toHexString(type)
        + " v"
        + version
        + " tid "
        + tid
        + " front "
        + front.length
        + " middle "
        + middle.length
        + " data "
        + (later == null ? data : later);
  }
}
