package io.sluice.objectstore;

import io.sluice.bufferlist.ChecksumVector;
import io.sluice.bufferlist.Encoder;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The blobs that one commit group makes, shares or drops, and how many extents refer to each.
 *
 * <p><b>Invariants:</b> a blob whose count reaches zero is deleted in the batch of the group, and
 * its extents are free when that batch is durable; one that was made and dropped within the group
 * leaves no trace.
 *
 * <p><b>Threads:</b> the committer.
 */
final class BlobLedger implements BlobRefs {
  private static final class Entry {
    final Blob blob;

    /**
     * Of a new blob: its checksums or inline bytes, to be stored beside it; null when it is stored.
     */
    final byte[] fresh;

    final boolean keep;
    int references;

    Entry(Blob blob, byte[] fresh, boolean keep) {
      this.blob = blob;
      this.fresh = fresh;
      this.keep = keep;
      this.references = blob.references();
    }
  }

  private final MetadataDb db;
  private final InlineCache inlineCache;
  private final IdSource ids;
  private final RecentBlobs recent;
  private final MetadataBatch batch;
  private final Map<Long, Entry> touched = new LinkedHashMap<>();
  private boolean keeping;

  BlobLedger(MetadataView view, IdSource ids, RecentBlobs recent, MetadataBatch batch) {
    this.db = view.db();
    this.inlineCache = view.inline();
    this.ids = ids;
    this.recent = recent;
    this.batch = batch;
  }

  /** Whether inline bytes of the blobs that are added from here on stay in memory, too. */
  void keepInline(boolean keep) {
    keeping = keep;
  }

  /** A new blob in the extents of a staged write; returns its id. */
  long add(StagedBlob staged) {
    ChecksumVector checksums = staged.checksums();
    Encoder to = new Encoder(16 + 4 * checksums.crcs().length);
    checksums.encode(to);
    return add(new Blob(staged.length(), 0, staged.extents()), to.toByteArray());
  }

  /** A new blob that lives in the metadata; returns its id. */
  long add(byte[] bytes) {
    return add(new Blob(bytes.length, 0, List.of()), bytes);
  }

  private long add(Blob blob, byte[] fresh) {
    long id = ids.next(batch);
    touched.put(id, new Entry(blob, fresh, keeping));
    return id;
  }

  boolean isInline(long blob) {
    return entry(blob).blob.inline();
  }

  /** The bytes of an inline blob, committed or of this group; not to be changed. */
  byte[] inlineBytes(long blob) {
    Entry entry = entry(blob);
    return entry.fresh != null
        ? entry.fresh
        : InlineBytes.decode(blob, db.get(MetadataKeys.inline(blob)));
  }

  @Override
  public void ref(long blob) {
    entry(blob).references++;
  }

  @Override
  public void unref(long blob) {
    Entry entry = entry(blob);
    if (entry.references == 0) {
      throw new IllegalStateException("blob " + blob + " has fewer references than extents");
    }
    entry.references--;
  }

  private Entry entry(long id) {
    return touched.computeIfAbsent(
        id,
        missing -> {
          Blob known = recent.get(id);
          if (known != null) {
            return new Entry(known, null, false);
          }
          byte[] value = db.get(MetadataKeys.blob(id));
          if (value == null) {
            throw new IllegalStateException("blob " + id + " is referred to but not there");
          }
          return new Entry(Blob.decode(value), null, false);
        });
  }

  /**
   * Writes what changed into the batch, in the order of the keys, so that neighbours follow one
   * another, which RocksDB's memory tables take much quicker; returns the extents that are free
   * once it is durable.
   */
  List<DiskExtent> finish() {
    List<Map.Entry<Long, Entry>> ordered = new ArrayList<>(touched.entrySet());
    ordered.sort(Map.Entry.comparingByKey());
    List<DiskExtent> freed = new ArrayList<>();
    for (Map.Entry<Long, Entry> each : ordered) {
      Entry entry = each.getValue();
      if (entry.references == 0) {
        freed.addAll(entry.blob.disk());
      }
      store(each.getKey(), entry);
    }
    for (Map.Entry<Long, Entry> each : ordered) {
      storeBeside(each.getKey(), each.getValue());
    }
    return freed;
  }

  private void store(long id, Entry entry) {
    boolean isNew = entry.fresh != null;
    if (entry.references == 0) {
      if (!isNew) {
        batch.delete(MetadataKeys.blob(id));
        recent.remove(id);
      }
    } else if (isNew || entry.references != entry.blob.references()) {
      Blob now = entry.blob.withReferences(entry.references);
      batch.put(MetadataKeys.blob(id), now.encode());
      recent.put(id, now);
    }
  }

  /** The checksums or bytes, which are stored once and deleted with the blob. */
  private void storeBeside(long id, Entry entry) {
    boolean inline = entry.blob.inline();
    byte[] key = inline ? MetadataKeys.inline(id) : MetadataKeys.checksums(id);
    if (entry.fresh == null && entry.references == 0) {
      batch.delete(key);
      inlineCache.remove(id);
    } else if (entry.fresh != null && entry.references > 0) {
      if (inline) {
        batch.putChecked(key, entry.fresh);
        if (entry.keep) {
          inlineCache.put(id, entry.fresh);
        }
      } else {
        batch.put(key, entry.fresh);
      }
    }
  }
}
