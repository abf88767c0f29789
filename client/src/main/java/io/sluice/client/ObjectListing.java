package io.sluice.client;

import io.sluice.bufferlist.Decoder;
import io.sluice.bufferlist.MalformedInputException;
import io.sluice.protocol.Errno;
import io.sluice.protocol.ListCursor;
import io.sluice.protocol.OsdOp;
import io.sluice.protocol.PoolInfo;
import io.sluice.types.PgId;
import java.util.ArrayList;
import java.util.List;

/**
 * Lists a pool's objects, one placement group after the other, page by page.
 *
 * <pre>
 * reply of pgnls (ceph: pg_nls_response_t v1)
 * v1 { hobject cursor to go on from | le32 n, n x { string namespace | string name | string key } }
 * result 1, or a cursor at the very end: the group is done
 * </pre>
 *
 * <p>Objects made or removed meanwhile may be in the list or not; all others are, once.
 *
 * <p><b>Threads:</b> one owner, not the client's loop: {@link #next} blocks.
 */
public final class ObjectListing {
  private static final int PAGE = 1000;

  private final IoContext io;
  private final int groups;
  private int group;
  private ListCursor cursor;

  ObjectListing(IoContext io) {
    this.io = io;
    PoolInfo pool = io.cluster().map().pool(io.poolId());
    this.groups = pool == null ? 0 : pool.pgNum();
    this.cursor = start();
  }

  private ListCursor start() {
    return ListCursor.startOf(new PgId(io.poolId(), group));
  }

  /**
   * The next names, in no particular order; blocks.
   *
   * @return empty at the end
   */
  public List<String> next() throws RadosException {
    List<String> names = new ArrayList<>();
    while (names.isEmpty() && group < groups) {
      int epoch = io.cluster().map().epoch();
      OpReply reply = Cluster.await(io.listPage(group, OsdOp.list(PAGE, epoch, cursor)));
      boolean done = take(reply, names);
      if (done) {
        group++;
        cursor = start();
      }
    }
    return names;
  }

  private boolean take(OpReply reply, List<String> names) throws RadosException {
    try {
      Decoder from = new Decoder(reply.output());
      Decoder.Struct struct = from.begin(1, "pg_nls_response_t");
      ListCursor next = cursor(from);
      for (int left = from.count(12); left > 0; left--) {
        String namespace = from.string();
        String name = from.string();
        from.string();
        if (namespace.isEmpty()) {
          names.add(name);
        }
      }
      from.end(struct);
      boolean done = reply.result() == 1 || next.max();
      if (!done && next.equals(cursor)) {
        throw new MalformedInputException("the listing does not move on");
      }
      cursor = next;
      return done;
    } catch (MalformedInputException e) {
      throw new RadosException(
          Errno.EIO, "listing pool " + io.poolName() + " (" + e.getMessage() + ")");
    }
  }

  private static ListCursor cursor(Decoder from) {
    Decoder.Struct struct = from.begin(4, "hobject_t");
    String key = from.string();
    String name = from.string();
    long snap = from.le64();
    int hash = from.le32();
    boolean max = from.bool();
    String namespace = from.string();
    long pool = from.le64();
    from.end(struct);
    return new ListCursor(key, name, snap, hash, max, namespace, pool);
  }
}
