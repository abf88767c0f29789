package io.sluice.protocol;

import io.sluice.bufferlist.BufferList;
import io.sluice.bufferlist.Decoder;
import io.sluice.bufferlist.Encoder;
import io.sluice.bufferlist.MalformedInputException;
import io.sluice.types.Envelope;

/**
 * Tells a watcher of an object of a notification, or the notifier of its end. (ceph: MWatchNotify
 * v3, compat 1)
 *
 * <pre>
 * u8 1 | u8 event | le64 cookie | le64 version | le64 notification id | blob payload | le32 result | le64 notifier
 * </pre>
 *
 * @param cookie the receiver's
 * @param notifier global id of the client that notifies
 */
public record MWatchNotify(
    int event, long cookie, long version, long notifyId, byte[] payload, int result, long notifier)
    implements Message {
  public static final int NOTIFY = 1;
  public static final int NOTIFY_COMPLETE = 2;
  public static final int DISCONNECT = 3;
  private static final int VERSION = 3;

  @Override
  public int type() {
    return MessageType.WATCH_NOTIFY;
  }

  @Override
  public Envelope toEnvelope() {
    return toEnvelope(new BufferList());
  }

  /**
   * With the answers of the watchers.
   *
   * @param answers taken over
   */
  public Envelope toEnvelope(BufferList answers) {
    Encoder to = new Encoder(64 + payload.length);
    to.u8(1)
        .u8(event)
        .le64(cookie)
        .le64(version)
        .le64(notifyId)
        .blob(payload)
        .le32(result)
        .le64(notifier);
    return Envelope.of(type(), VERSION, 1, 0, to.toByteArray())
        .claimData(answers, new byte[0], null);
  }

  public static MWatchNotify decode(int version, byte[] front) {
    if (version < VERSION) {
      throw new MalformedInputException("MWatchNotify v" + version);
    }
    Decoder from = new Decoder(front).skip(1);
    return new MWatchNotify(
        from.u8(), from.le64(), from.le64(), from.le64(), from.blob(), from.le32(), from.le64());
  }
}
