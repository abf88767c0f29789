package io.sluice.protocol;

import io.sluice.bufferlist.Decoder;
import io.sluice.bufferlist.Encoder;
import io.sluice.bufferlist.MalformedInputException;
import io.sluice.types.EVersion;
import io.sluice.types.ObjectId;
import io.sluice.types.RequestId;
import io.sluice.types.UTime;

/**
 * One change in the log of a placement group, or one failed attempt at a change.
 *
 * <pre>
 * v1 { u8 kind | eversion version | eversion prior | hobject | osd_reqid_t | le64 user_version | le32 result | utime mtime }
 * </pre>
 *
 * @param version its place in the log
 * @param prior the object's version before it; zero when there was no object
 * @param requestId by which a duplicate is found
 * @param userVersion the object's afterwards, as the client saw it
 * @param result what the client was answered
 */
public record PeerLogEntry(
    Kind kind,
    EVersion version,
    EVersion prior,
    ObjectId object,
    RequestId requestId,
    long userVersion,
    int result,
    UTime mtime) {
  /** What an entry did to its object. */
  public enum Kind {
    MODIFY,
    DELETE,
    /** Nothing: the operation failed, and its duplicates fail alike. */
    ERROR
  }

  public boolean changesObject() {
    return kind != Kind.ERROR;
  }

  public void encode(Encoder to) {
    int mark = to.begin(1, 1);
    to.u8(kind.ordinal());
    version.encode(to);
    prior.encode(to);
    object.encode(to);
    requestId.encode(to);
    to.le64(userVersion).le32(result);
    mtime.encode(to);
    to.end(mark);
  }

  public static PeerLogEntry decode(Decoder from) {
    Decoder.Struct struct = from.begin(1, "log entry");
    int kind = from.u8();
    if (kind >= Kind.values().length) {
      throw new MalformedInputException("log entry of kind " + kind);
    }
    EVersion version = EVersion.decode(from);
    EVersion prior = EVersion.decode(from);
    ObjectId object = ObjectId.decode(from);
    RequestId requestId = RequestId.decode(from);
    long userVersion = from.le64();
    int result = from.le32();
    UTime mtime = UTime.decode(from);
    from.end(struct);
    return new PeerLogEntry(
        Kind.values()[kind], version, prior, object, requestId, userVersion, result, mtime);
  }

  @Override
  public String toString() {
    return kind + " " + version + " " + object + " by " + requestId;
  }
}
