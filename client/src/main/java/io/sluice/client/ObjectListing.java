package io.sluice.client;

import io.sluice.bufferlist.MalformedInputException;
import io.sluice.protocol.Errno;
import io.sluice.protocol.ListCursor;
import io.sluice.protocol.OsdOp;
import io.sluice.protocol.PgListing;
import io.sluice.protocol.PoolInfo;
import java.util.ArrayList;
import java.util.List;

/**
 * Lists a pool's objects in the order of their hashes, page by page.
 *
 * <p>Objects made or removed meanwhile may be in the list or not; all others are, once. A position
 * ({@link PgListing#next}) says nothing of groups, so the pool may get more of them meanwhile.
 *
 * <p><b>Threads:</b> one owner, not the client's loop: {@link #next} blocks.
 */
public final class ObjectListing {
  private static final int PAGE = 1000;

  private final IoContext io;
  private ListCursor cursor;

  ObjectListing(IoContext io) {
    this.io = io;
    PoolInfo pool = pool();
    this.cursor = pool == null ? ListCursor.END : ListCursor.startOf(pool.pgOf(0));
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
    while (names.isEmpty() && !cursor.max()) {
      PoolInfo pool = pool();
      if (pool == null) {
        throw new RadosException(Errno.ENOENT, "listing pool " + io.poolName());
      }
      page(pool, names);
    }
    return names;
  }

  /** A group that was divided after this client looked refuses places that are not its own. */
  private void page(PoolInfo pool, List<String> names) throws RadosException {
    int epoch = io.cluster().map().epoch();
    int group = pool.pgOf(cursor.hash()).seed();
    OpReply reply;
    try {
      reply = Cluster.await(io.listPage(group, OsdOp.list(PAGE, epoch, cursor)));
    } catch (RadosException e) {
      PoolInfo now = pool();
      if (now == null || now.pgNum() == pool.pgNum()) {
        throw e;
      }
      return;
    }
    take(reply, names);
  }

  private void take(OpReply reply, List<String> names) throws RadosException {
    PgListing listing;
    try {
      listing = PgListing.decode(reply.output());
    } catch (MalformedInputException e) {
      throw refused(e.getMessage());
    }
    for (PgListing.Entry entry : listing.entries()) {
      if (entry.namespace().isEmpty()) {
        names.add(entry.name());
      }
    }
    if (!listing.next().isBehind(cursor)) {
      throw refused("the listing does not move on");
    }
    cursor = listing.next();
  }

  private RadosException refused(String why) {
    return new RadosException(Errno.EIO, "listing pool " + io.poolName() + " (" + why + ")");
  }
}
