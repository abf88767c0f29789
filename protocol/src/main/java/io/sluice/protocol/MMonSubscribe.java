package io.sluice.protocol;

import io.sluice.bufferlist.Decoder;
import io.sluice.bufferlist.Encoder;
import io.sluice.bufferlist.MalformedInputException;
import io.sluice.types.Envelope;
import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;

/**
 * Asks to be told of maps, from a version on, once or for ever. (ceph: MMonSubscribe v3, compat 1)
 *
 * <pre>
 * le32 n, n x { string what | le64 start | u8 flags } | string host
 * </pre>
 *
 * @param what by name: "osdmap", "monmap", "mgrmap", "config", ...
 */
public record MMonSubscribe(Map<String, Item> what, String hostname) implements Message {
  public static final int VERSION = 3;
  private static final int ONE_TIME = 1;

  /**
   * One wish.
   *
   * @param start the first version wanted; 0 = the newest
   * @param flags bit 0: only once
   */
  public record Item(long start, int flags) {
    public static Item from(long start) {
      return new Item(start, 0);
    }

    public static Item once(long start) {
      return new Item(start, ONE_TIME);
    }

    public boolean isOnce() {
      return (flags & ONE_TIME) != 0;
    }
  }

  public MMonSubscribe {
    what = Collections.unmodifiableMap(new TreeMap<>(what));
  }

  @Override
  public int type() {
    return MessageType.MON_SUBSCRIBE;
  }

  @Override
  public Envelope toEnvelope() {
    Encoder to = new Encoder();
    to.list(
        what.entrySet(),
        (out, wish) ->
            out.string(wish.getKey()).le64(wish.getValue().start()).u8(wish.getValue().flags()));
    return Envelope.of(type(), VERSION, 1, 0, to.string(hostname).toByteArray());
  }

  public static MMonSubscribe decode(int version, byte[] front) {
    if (version < 2) {
      throw new MalformedInputException("MMonSubscribe v" + version);
    }
    Decoder from = new Decoder(front);
    int count = from.count(13);
    Map<String, Item> what = new TreeMap<>();
    for (int i = 0; i < count; i++) {
      String name = from.string();
      what.put(name, new Item(from.le64(), from.u8()));
    }
    return new MMonSubscribe(what, version >= 3 ? from.string() : "");
  }
}
