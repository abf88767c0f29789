package io.sluice.protocol;

import io.sluice.bufferlist.Decoder;
import io.sluice.bufferlist.Encoder;
import io.sluice.bufferlist.MalformedInputException;
import io.sluice.types.EVersion;
import io.sluice.types.EntityName;
import io.sluice.types.ObjectId;
import io.sluice.types.RequestId;
import io.sluice.types.UTime;
import java.util.ArrayList;
import java.util.List;

/**
 * One change in the log of a placement group, or one failed attempt at a change.
 *
 * <pre>
 * v3 { u8 kind | eversion version | eversion prior | hobject | osd_reqid_t | le64 user_version | le32 result | utime mtime
 *      le32 n, n x le64 clone | le32 n, n x { le32 result | blob } }
 * </pre>
 *
 * @param version its place in the log
 * @param prior the object's version before it; zero when there was no object
 * @param requestId by which a duplicate is found
 * @param userVersion the object's afterwards, as the client saw it
 * @param result what the client was answered
 * @param clones snapshots whose clones of the object it made or removed, beside the object itself
 * @param returns what each step gave back, where the client wanted to know; else empty
 */
public record PeerLogEntry(
    Kind kind,
    EVersion version,
    EVersion prior,
    ObjectId object,
    RequestId requestId,
    long userVersion,
    int result,
    UTime mtime,
    List<Long> clones,
    List<OpReturn> returns) {
  /** Names no request: of changes that no client asked for. */
  public static final RequestId NO_REQUEST = new RequestId(new EntityName(0, 0), 0, 0);

  /** What an entry did to its object. */
  public enum Kind {
    MODIFY,
    DELETE,
    /** Nothing: the operation failed, and its duplicates fail alike. */
    ERROR
  }

  public PeerLogEntry {
    clones = List.copyOf(clones);
    returns = List.copyOf(returns);
  }

  public boolean changesObject() {
    return kind != Kind.ERROR;
  }

  /** Everything stored that it changed: the object and clones of it. */
  public List<ObjectId> changed() {
    if (!changesObject()) {
      return List.of();
    }
    List<ObjectId> all = new ArrayList<>(clones.size() + 1);
    all.add(object);
    clones.forEach(snap -> all.add(object.withSnap(snap)));
    return all;
  }

  public void encode(Encoder to) {
    int mark = to.begin(3, 2);
    to.u8(kind.ordinal());
    version.encode(to);
    prior.encode(to);
    object.encode(to);
    requestId.encode(to);
    to.le64(userVersion).le32(result);
    mtime.encode(to);
    to.list(clones, Encoder::le64);
    to.list(returns, (out, each) -> each.encode(out)).end(mark);
  }

  public static PeerLogEntry decode(Decoder from) {
    Decoder.Struct struct = from.begin(3, "log entry");
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
    List<Long> clones = struct.version() < 2 ? List.of() : from.list(Decoder::le64);
    List<OpReturn> returns = struct.version() < 3 ? List.of() : from.list(OpReturn::decode);
    from.end(struct);
    return new PeerLogEntry(
        Kind.values()[kind],
        version,
        prior,
        object,
        requestId,
        userVersion,
        result,
        mtime,
        clones,
        returns);
  }

  @Override
  public String toString() {
    return kind + " " + version + " " + object + " by " + requestId;
  }
}
