package io.sluice.objectstore;

import io.sluice.bufferlist.Decoder;
import io.sluice.bufferlist.Encoder;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Writes the keys of a large omap's copy to the database before the batch of their transaction, in
 * batches of their own, under a node that no object has yet.
 *
 * <p>{@code S copying} says under which: {@code n x le64 node id}. It is durable before the first
 * of their keys, with an id ceiling that keeps the nodes from being given to anybody else, and the
 * batch of the transaction, which makes them objects' nodes, takes it away. A mount that finds it
 * deletes what lies under them.
 *
 * <p><b>Threads:</b> the committer.
 */
final class OmapAhead {
  private static final byte[] COPYING = MetadataKeys.state("copying");

  private final MetadataDb db;
  private final IdSource ids;
  private final MetadataBatch group;
  private final List<Long> nodes = new ArrayList<>();
  private MetadataBatch batch;

  /**
   * @param group that makes the copies visible
   */
  OmapAhead(MetadataDb db, IdSource ids, MetadataBatch group) {
    this.db = db;
    this.ids = ids;
    this.group = group;
  }

  /** Durably notes that keys come under that node. Blocks on the disk, as {@link #write} does. */
  void begin(long node) {
    if (batch == null) {
      batch = new MetadataBatch();
      group.delete(COPYING);
    }
    nodes.add(node);
    Encoder all = new Encoder(Long.BYTES * nodes.size());
    nodes.forEach(all::le64);
    ids.store(batch.clear());
    write(batch.put(COPYING, all.toByteArray()));
  }

  /**
   * @param entries by whole keys of another node
   */
  void write(long node, Map<byte[], byte[]> entries) {
    batch.clear();
    entries.forEach(
        (key, value) -> batch.put(MetadataKeys.omap(node, MetadataKeys.omapKeyOf(key)), value));
    write(batch);
  }

  private void write(MetadataBatch filled) {
    try {
      db.write(filled);
    } catch (IOException e) {
      throw new UncheckedIOException("copying an omap", e);
    }
  }

  /** Under which keys were copied for transactions that never came to be. */
  static List<Long> leftovers(MetadataDb db) {
    List<Long> nodes = new ArrayList<>();
    byte[] copying = db.get(COPYING);
    if (copying != null) {
      Decoder from = new Decoder(copying);
      for (int left = copying.length / Long.BYTES; left > 0; left--) {
        nodes.add(from.le64());
      }
    }
    return nodes;
  }

  /** At mount. */
  static void deleteLeftovers(MetadataDb db) throws IOException {
    List<Long> nodes = leftovers(db);
    if (!nodes.isEmpty()) {
      MetadataBatch deletes = new MetadataBatch().delete(COPYING);
      for (long node : nodes) {
        byte[] first = MetadataKeys.omap(node, new byte[0]);
        deletes.deleteRange(first, MetadataKeys.after(first));
      }
      db.write(deletes);
    }
  }
}
