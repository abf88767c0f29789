package io.sluice.types;

import io.sluice.bufferlist.BufferList;

/**
 * A message as the messenger sees it: a type with versions, two small parts in memory and a payload
 * of any kind. Typed messages (module protocol) become envelopes and are read from them.
 *
 * <p><b>Owns</b> {@code data}; whoever is handed an envelope closes it.
 *
 * @param priority higher is sent first; Ceph's default is 127, its low 64, its high 196
 * @param tid transaction id, echoed by replies
 * @param middle empty, or the checksum vector of the payload (when the peer takes one)
 * @param dataCrc CRC-32C (seed -1) of data when already known, else null: the sender computes it
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
    Integer dataCrc)
    implements AutoCloseable {
  public static final int PRIORITY_DEFAULT = 127;
  public static final int PRIORITY_HIGH = 196;
  private static final byte[] NOTHING = {};

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
        null);
  }

  /** The same message with a payload, taken over. */
  public Envelope claimData(BufferList payload, byte[] newMiddle, Integer crc) {
    return new Envelope(
        type, version, compatVersion, priority, tid, front, newMiddle, payload, crc);
  }

  public Envelope withTid(long newTid) {
    return new Envelope(
        type, version, compatVersion, priority, newTid, front, middle, data, dataCrc);
  }

  public Envelope withPriority(int newPriority) {
    return new Envelope(
        type, version, compatVersion, newPriority, tid, front, middle, data, dataCrc);
  }

  @Override
  public void close() {
    data.close();
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
        + data;
  }
}
