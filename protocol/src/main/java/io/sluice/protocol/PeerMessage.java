package io.sluice.protocol;

import io.sluice.bufferlist.BufferList;
import io.sluice.bufferlist.Decoder;
import io.sluice.bufferlist.Encoder;
import io.sluice.bufferlist.MalformedInputException;
import io.sluice.types.Envelope;
import java.util.List;

/**
 * A message between the OSDs of one placement group: types 0x7010-0x703f, every front one versioned
 * struct that starts with its {@link PeerScope}.
 *
 * <p>Of a front that is too long to be one (a log of very long entries, say), the message is of
 * {@link #LONG_VERSION}: {@code le32 length}, and so many bytes of its data, the first ones, are
 * that front.
 */
public sealed interface PeerMessage extends Message
    permits PeerQuery,
        PeerReport,
        PeerPull,
        PeerList,
        PeerListing,
        PeerActivate,
        PeerActivated,
        PeerUnreadable,
        PeerScrub,
        PeerScrubbed,
        PushObject,
        PushReply,
        PushRefused,
        RepOp,
        RepOpReply,
        RepPiece,
        RepDrop,
        RepRefused {
  int QUERY = 0x7010;
  int REPORT = 0x7011;
  int PULL = 0x7012;
  int LIST = 0x7013;
  int LISTING = 0x7014;
  int ACTIVATE = 0x7015;
  int ACTIVATED = 0x7016;
  int PUSH = 0x7017;
  int PUSH_REPLY = 0x7018;
  int UNREADABLE = 0x7019;
  int SCRUB = 0x701a;
  int SCRUBBED = 0x701b;
  int PUSH_REFUSED = 0x701c;
  int REP_OP = 0x7020;
  int REP_OP_REPLY = 0x7021;
  int REP_PIECE = 0x7022;
  int REP_DROP = 0x7023;
  int REP_REFUSED = 0x7024;

  /** The version of every front. */
  int VERSION = 1;

  /** Of messages whose front begins their data. */
  int LONG_VERSION = 2;

  /** Its scope ends within so many bytes of a front. */
  int SCOPE_END = 64;

  /** Longer ones travel in the data; a front may have 16 MiB. */
  int FRONT_BYTES_MAX = 6 << 20;

  PeerScope scope();

  /** Writes what follows the scope. */
  void encodeBody(Encoder to);

  /** {@code u8 1 | u8 1 | le32 length | scope | body}. */
  default byte[] encodeFront() {
    Encoder to = new Encoder(256);
    int mark = to.begin(VERSION, VERSION);
    scope().encode(to);
    encodeBody(to);
    return to.end(mark).toByteArray();
  }

  @Override
  default Envelope toEnvelope() {
    byte[] front = encodeFront();
    return front.length <= FRONT_BYTES_MAX
        ? Envelope.of(type(), VERSION, VERSION, 0, front)
        : LongFront.envelope(type(), List.of(front), new BufferList(), null);
  }

  /**
   * The message with data.
   *
   * @param data taken over
   * @param middle empty, or the encoded checksum vector of the data
   * @param dataCrc of the data when known, else null
   */
  default Envelope toEnvelope(BufferList data, byte[] middle, Integer dataCrc) {
    byte[] front = encodeFront();
    return front.length <= FRONT_BYTES_MAX
        ? Envelope.of(type(), VERSION, VERSION, 0, front).claimData(data, middle, dataCrc)
        : LongFront.envelope(type(), List.of(front), data, dataCrc);
  }

  /**
   * How many bytes at the beginning of a message's data are its front.
   *
   * @param version the message's
   */
  static int frontInData(int version, byte[] front, long dataLength) {
    if (version != LONG_VERSION) {
      return 0;
    }
    int length = new Decoder(front).le32();
    if (length <= 0 || length > dataLength) {
      throw new MalformedInputException(
          "a front of " + length + " bytes in " + dataLength + " bytes of data");
    }
    return length;
  }

  /**
   * What a message belongs to, from the beginning of its front.
   *
   * @param begin {@link #SCOPE_END} bytes at least, or all there are
   * @throws MalformedInputException when there are too few
   */
  static PeerScope scopeOf(byte[] begin) {
    return PeerScope.decode(new Decoder(begin).skip(1 + 1 + Integer.BYTES));
  }

  /** True for the types of this family. */
  static boolean covers(int type) {
    return type >= QUERY && type <= 0x703f;
  }

  static PeerMessage decode(int type, byte[] front) {
    Decoder from = new Decoder(front);
    Decoder.Struct struct = from.begin(VERSION, "peer message");
    PeerScope scope = PeerScope.decode(from);
    PeerMessage message =
        switch (type) {
          case QUERY -> PeerQuery.decode(scope, from);
          case REPORT -> PeerReport.decode(scope, from);
          case PULL -> PeerPull.decode(scope, from);
          case LIST -> PeerList.decode(scope, from);
          case LISTING -> PeerListing.decode(scope, from);
          case ACTIVATE -> PeerActivate.decode(scope, from);
          case ACTIVATED -> new PeerActivated(scope, StoreRoom.decode(from));
          case PUSH -> PushObject.decode(scope, from);
          case PUSH_REPLY -> PushReply.decode(scope, from);
          case UNREADABLE -> PeerUnreadable.decode(scope, from);
          case SCRUB -> PeerScrub.decode(scope, from);
          case SCRUBBED -> PeerScrubbed.decode(scope, from);
          case PUSH_REFUSED -> PushRefused.decode(scope, from);
          case REP_OP -> RepOp.decode(scope, from);
          case REP_OP_REPLY -> RepOpReply.decode(scope, from);
          case REP_PIECE -> RepPiece.decode(scope, from);
          case REP_DROP -> RepDrop.decode(scope, from);
          case REP_REFUSED -> RepRefused.decode(scope, from);
          default ->
              throw new MalformedInputException(
                  "no peer message of type 0x" + Integer.toHexString(type));
        };
    from.end(struct);
    return message;
  }
}
