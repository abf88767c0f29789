package io.sluice.osd;

import io.sluice.bufferlist.Decoder;
import io.sluice.bufferlist.Encoder;
import io.sluice.types.EVersion;
import io.sluice.types.UTime;

/**
 * What the placement group keeps with every object, in its attribute {@value #ATTRIBUTE}.
 *
 * <pre>
 * v2 { eversion version | le64 user_version | utime mtime | le64 size | u8 whiteout }
 * </pre>
 *
 * @param version of the last change: two copies at the same version have the same content
 * @param userVersion what clients see as the object's version
 * @param size in bytes
 * @param whiteout the object was deleted, and stays only to keep its clones: nobody sees it
 */
record ObjectInfo(EVersion version, long userVersion, UTime mtime, long size, boolean whiteout) {
  /** User attributes have names of their own that begin with this and go on. */
  static final String ATTRIBUTE = "_";

  ObjectInfo(EVersion version, long userVersion, UTime mtime, long size) {
    this(version, userVersion, mtime, size, false);
  }

  /** The same object, changed beside what users see. */
  ObjectInfo at(EVersion newVersion) {
    return new ObjectInfo(newVersion, userVersion, mtime, size, whiteout);
  }

  byte[] encode() {
    Encoder to = new Encoder(64);
    int mark = to.begin(2, 1);
    version.encode(to);
    to.le64(userVersion);
    mtime.encode(to);
    to.le64(size).bool(whiteout);
    return to.end(mark).toByteArray();
  }

  static ObjectInfo decode(byte[] bytes) {
    Decoder from = new Decoder(bytes);
    Decoder.Struct struct = from.begin(2, "object info");
    EVersion version = EVersion.decode(from);
    long userVersion = from.le64();
    UTime mtime = UTime.decode(from);
    long size = from.le64();
    boolean whiteout = struct.version() >= 2 && from.bool();
    ObjectInfo info = new ObjectInfo(version, userVersion, mtime, size, whiteout);
    from.end(struct);
    return info;
  }
}
