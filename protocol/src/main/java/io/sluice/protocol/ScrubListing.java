package io.sluice.protocol;

import io.sluice.bufferlist.Decoder;
import io.sluice.bufferlist.Encoder;
import java.util.List;

/**
 * What a client asks of a group's last scrub, and is answered. (ceph: scrub_ls_arg_t v1,
 * scrub_ls_result_t v1)
 *
 * <pre>
 * asked    le32 interval | le32 snapsets? | string name | string namespace | le64 snap | le64 most
 * answered le32 interval | le32 n, n x blob
 * </pre>
 */
public final class ScrubListing {
  private ScrubListing() {}

  /**
   * @param interval in which the client began to list; 0 for one that begins
   * @param snapsets lists these, not objects
   * @param name of the last object it has, with its namespace and snapshot
   */
  public record Query(
      int interval, boolean snapsets, String name, String namespace, long snap, long most) {
    public static Query decode(Decoder from) {
      Decoder.Struct struct = from.begin(1, "scrub_ls_arg_t");
      int interval = from.le32();
      boolean snapsets = from.le32() != 0;
      String name = from.string();
      String namespace = from.string();
      Query query = new Query(interval, snapsets, name, namespace, from.le64(), from.le64());
      from.end(struct);
      return query;
    }

    public byte[] encode() {
      Encoder to = new Encoder(64);
      int mark = to.begin(1, 1);
      to.le32(interval).le32(snapsets ? 1 : 0).string(name).string(namespace);
      return to.le64(snap).le64(most).end(mark).toByteArray();
    }
  }

  /** The answer. */
  public static byte[] encode(int interval, List<InconsistentObject> found) {
    Encoder to = new Encoder(64 + 256 * found.size());
    int mark = to.begin(1, 1);
    to.le32(interval).list(found, (out, each) -> out.blob(each.encode()));
    return to.end(mark).toByteArray();
  }
}
