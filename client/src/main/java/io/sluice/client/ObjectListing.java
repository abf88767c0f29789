package io.sluice.client;

import io.sluice.bufferlist.Decoder;
import io.sluice.bufferlist.MalformedInputException;
import io.sluice.protocol.Errno;
import io.sluice.protocol.ListCursor;
import io.sluice.protocol.OsdOp;
import io.sluice.protocol.PoolInfo;
import io.sluice.types.PgId;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Lists a pool's objects, one placement group after the other, page by page.
 *
 * <pre>
 * reply of pgnls (ceph: pg_nls_response_t v1)
 * v1 { hobject cursor to go on from | le32 n, n x { string namespace | string name | string key } }
 * result 1, or a cursor at the very end: the group is done
 * </pre>
 *
 * <p>Objects made or removed meanwhile may be in the list or not; all others are, once. When the
 * pool gets more groups meanwhile, what was of a group that is not done yet is looked for in those
 * that it was divided into, too.
 *
 * <p><b>Threads:</b> one owner, not the client's loop: {@link #next} blocks.
 */
public final class ObjectListing {
  private static final int PAGE = 1000;

  /**
   * A group to be listed.
   *
   * @param named what was named of it, and of those that it was one group with
   */
  private record Part(PgId group, Set<String> named) {}

  private final IoContext io;
  private final Deque<Part> left = new ArrayDeque<>();
  private int groups;
  private ListCursor cursor;

  ObjectListing(IoContext io) {
    this.io = io;
    PoolInfo pool = pool();
    if (pool != null) {
      this.groups = pool.pgNum();
      pool.pgs().forEach(group -> left.add(new Part(group, new HashSet<>())));
    }
  }

  private PoolInfo pool() {
    return io.cluster().map().pool(io.poolId());
  }

  /**
   * The next names, in no particular order; blocks.
   *
   * @return empty at the end
   */
  public List<String> next() throws RadosException {
    List<String> names = new ArrayList<>();
    while (names.isEmpty() && !left.isEmpty()) {
      divide();
      Part part = left.peek();
      if (cursor == null) {
        cursor = ListCursor.startOf(part.group());
      }
      int epoch = io.cluster().map().epoch();
      OpReply reply = page(OsdOp.list(PAGE, epoch, cursor));
      boolean done = reply != null && take(reply, names);
      names.removeIf(name -> !part.named().add(name));
      if (!divide() && done) {
        left.poll();
        cursor = null;
      }
    }
    return names;
  }

  /** Null when the group has been divided since: it has no such place any more. */
  private OpReply page(OsdOp step) throws RadosException {
    try {
      return Cluster.await(io.listPage(left.peek().group().seed(), step));
    } catch (RadosException e) {
      PoolInfo pool = pool();
      if (pool == null || pool.pgNum() == groups) {
        throw e;
      }
      return null;
    }
  }

  /** True when the pool has more groups than it had: what is not done begins anew. */
  private boolean divide() {
    PoolInfo pool = pool();
    if (pool == null || pool.pgNum() == groups) {
      return false;
    }
    for (Part part : List.copyOf(left)) {
      pool.children(part.group(), groups).forEach(child -> left.add(new Part(child, part.named())));
    }
    groups = pool.pgNum();
    cursor = null;
    return true;
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
