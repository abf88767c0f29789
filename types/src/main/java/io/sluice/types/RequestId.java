package io.sluice.types;

import io.sluice.bufferlist.Decoder;
import io.sluice.bufferlist.Encoder;

/**
 * Names one operation of one client for ever: duplicates are found by it. (ceph: osd_reqid_t v2)
 */
public record RequestId(EntityName client, long tid, int incarnation) {

  public void encode(Encoder to) {
    int mark = to.begin(2, 2);
    client.encode(to);
    to.le64(tid).le32(incarnation);
    to.end(mark);
  }

  public static RequestId decode(Decoder from) {
    Decoder.Struct struct = from.begin(2, "osd_reqid_t");
    EntityName client = EntityName.decode(from);
    long tid = from.le64();
    int incarnation = from.le32();
    from.end(struct);
    return new RequestId(client, tid, incarnation);
  }

  // A record's own equals and hashCode go through method handles, slow until C2 has compiled every
  // caller: keys of maps on the way of each operation say it themselves.

  @Override
  public boolean equals(Object other) {
    return other instanceof RequestId that
        && tid == that.tid
        && incarnation == that.incarnation
        && client.equals(that.client);
  }

  @Override
  public int hashCode() {
    return (client.hashCode() * 31 + Long.hashCode(tid)) * 31 + incarnation;
  }

  @Override
  public String toString() {
    return client + "." + incarnation + ":" + tid;
  }
}
