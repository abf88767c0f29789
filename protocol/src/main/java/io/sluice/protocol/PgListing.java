package io.sluice.protocol;

import io.sluice.bufferlist.Decoder;
import io.sluice.bufferlist.Encoder;
import java.util.List;

/**
 * What the step {@link OpCode#PGNLS} answers. The reply's result is 1 when the group has no more
 * objects, else 0. (ceph: pg_nls_response_t v1)
 *
 * <pre>
 * v1 { hobject_t next | le32 n, n x { string namespace, string name, string key } }
 * </pre>
 *
 * @param next where to go on; at the end of a group {@link ListCursor#endOf} it
 */
public record PgListing(ListCursor next, List<Entry> entries) {
  /** Namespace that a request names to list all namespaces. (ceph: librados::all_nspaces) */
  public static final String ALL_NAMESPACES = "\001";

  /** Result of a reply whose group is listed to its end. */
  public static final int GROUP_DONE = 1;

  /** One object; {@code key} is its locator key, mostly empty. */
  public record Entry(String namespace, String name, String key) {}

  public PgListing {
    entries = List.copyOf(entries);
  }

  public byte[] encode() {
    Encoder to = new Encoder(64 + 32 * entries.size());
    int mark = to.begin(1, 1);
    next.encode(to);
    to.list(
        entries,
        (out, each) -> out.string(each.namespace()).string(each.name()).string(each.key()));
    return to.end(mark).toByteArray();
  }

  public static PgListing decode(byte[] payload) {
    Decoder from = new Decoder(payload);
    Decoder.Struct struct = from.begin(1, "pg_nls_response_t");
    ListCursor next = ListCursor.decode(from);
    List<Entry> entries = from.list(each -> new Entry(each.string(), each.string(), each.string()));
    from.end(struct);
    return new PgListing(next, entries);
  }
}
