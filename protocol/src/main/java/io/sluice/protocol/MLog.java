package io.sluice.protocol;

import io.sluice.bufferlist.Decoder;
import io.sluice.bufferlist.Encoder;
import io.sluice.types.AddrVec;
import io.sluice.types.EntityName;
import io.sluice.types.Envelope;
import io.sluice.types.UTime;
import java.util.List;
import java.util.UUID;

/**
 * Lines for the cluster's log, from it or to it. (ceph: MLog v1: paxos header, 16 bytes fsid, le32
 * n, n x LogEntry v5)
 *
 * <pre>
 * LogEntry v5, compat 5 { entity name: le32 type, string id | entity_name_t rank | addrvec
 *   utime | le64 seq | le16 priority | string message | string channel }
 * </pre>
 *
 * @param version of the log that ends with these lines; a client that is told of one it has seen
 *     takes no line of it. 0 from a daemon that reports
 */
public record MLog(long version, UUID fsid, List<Entry> entries) implements Message {
  /**
   * One line.
   *
   * @param who the sender's name, such as "admin" of type client
   * @param priority 0 debug, 1 info, 2 security, 3 warning, 4 error
   */
  public record Entry(
      int whoType,
      String who,
      EntityName rank,
      AddrVec addrs,
      UTime stamp,
      long sequence,
      int priority,
      String message,
      String channel) {
    public static final int DEBUG = 0;
    public static final int INFO = 1;
    public static final int WARNING = 3;
    public static final int ERROR = 4;

    /** Where everything is said but who commanded what. */
    public static final String CLUSTER = "cluster";

    /** Who commanded what. */
    public static final String AUDIT = "audit";

    /** The same with the first letters of its text. */
    public Entry shortened(int letters) {
      return message.length() <= letters
          ? this
          : new Entry(
              whoType,
              who,
              rank,
              addrs,
              stamp,
              sequence,
              priority,
              message.substring(0, letters),
              channel);
    }

    public void encode(Encoder to) {
      int mark = to.begin(5, 5);
      to.le32(whoType).string(who);
      rank.encode(to);
      addrs.encode(to);
      stamp.encode(to);
      to.le64(sequence).le16(priority).string(message).string(channel);
      to.end(mark);
    }

    public static Entry decode(Decoder from) {
      Decoder.Struct struct = from.begin(5, "LogEntry");
      int type = from.le32();
      String who = from.string();
      EntityName rank = EntityName.decode(from);
      AddrVec addrs = AddrVec.decode(from);
      UTime stamp = UTime.decode(from);
      long sequence = from.le64();
      int priority = from.le16();
      String message = from.string();
      String channel = from.string();
      from.end(struct);
      return new Entry(type, who, rank, addrs, stamp, sequence, priority, message, channel);
    }
  }

  public MLog {
    entries = List.copyOf(entries);
  }

  @Override
  public int type() {
    return MessageType.LOG;
  }

  @Override
  public Envelope toEnvelope() {
    Encoder to = Fsid.encode(PaxosHeader.encode(new Encoder(), version), fsid);
    to.list(entries, (out, entry) -> entry.encode(out));
    return Envelope.of(type(), 1, 1, 0, to.toByteArray());
  }

  public static MLog decode(int version, byte[] front) {
    Decoder from = new Decoder(front);
    return new MLog(PaxosHeader.decode(from), Fsid.decode(from), from.list(Entry::decode));
  }
}
