package io.sluice.osd;

import io.sluice.bufferlist.Decoder;
import io.sluice.bufferlist.Encoder;
import io.sluice.types.EVersion;
import io.sluice.types.UTime;

/**
 * What the placement group keeps with every object, in its attribute {@value #ATTRIBUTE}.
 *
 * <pre>
 * v1 { eversion version | le64 user_version | utime mtime | le64 size }
 * </pre>
 *
 * @param version of the last change: two copies at the same version have the same content
 * @param userVersion what clients see as the object's version
 * @param size in bytes
 */
record ObjectInfo(EVersion version, long userVersion, UTime mtime, long size) {
  /** User attributes have names of their own that begin with this and go on. */
  static final String ATTRIBUTE = "_";

  byte[] encode() {
    Encoder to = new Encoder(64);
    int mark = to.begin(1, 1);
    version.encode(to);
    to.le64(userVersion);
    mtime.encode(to);
    to.le64(size);
    return to.end(mark).toByteArray();
  }

  static ObjectInfo decode(byte[] bytes) {
    Decoder from = new Decoder(bytes);
    Decoder.Struct struct = from.begin(1, "object info");
    EVersion version = EVersion.decode(from);
    long userVersion = from.le64();
    UTime mtime = UTime.decode(from);
    ObjectInfo info = new ObjectInfo(version, userVersion, mtime, from.le64());
    from.end(struct);
    return info;
  }
}
