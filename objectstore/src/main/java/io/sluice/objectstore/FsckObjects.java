package io.sluice.objectstore;

import io.sluice.bufferlist.Decoder;
import io.sluice.bufferlist.Encoder;
import io.sluice.bufferlist.MalformedInputException;
import java.nio.BufferUnderflowException;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * The part of {@link Fsck} that looks at collections, objects, their omap, and the ids. <b>Threads:
 * </b> one. Memory: about 80 bytes an object.
 */
final class FsckObjects {
  private static final String KINDS = "BCIKMOS";
  private static final int OMAP_KEY_BYTES_MIN = 9;

  private final MetadataDb db;
  private final FsckBlobs blobs;
  private final FsckFindings findings;
  private final Set<CollectionId> collections = new HashSet<>();
  private final Map<CollectionId, ObjectStore.Usage> stored = new HashMap<>();
  private final Map<CollectionId, ObjectStore.Usage> counted = new HashMap<>();

  /** Whether the object of that node says that it has omap keys. */
  private final Map<Long, Boolean> nodes = new HashMap<>();

  private final Set<Long> dangling = new HashSet<>();
  private long objects;

  FsckObjects(MetadataDb db, FsckBlobs blobs, FsckFindings findings) {
    this.db = db;
    this.blobs = blobs;
    this.findings = findings;
  }

  void scan() {
    strays();
    scan(MetadataKeys.COLLECTION, this::collection);
    scan(MetadataKeys.OBJECT, this::object);
    dangling.addAll(OmapAhead.leftovers(db)); // the next mount deletes them
    scan(MetadataKeys.OMAP, this::omap);
  }

  private void scan(byte kind, MetadataDb.Visitor visitor) {
    db.scan(new byte[] {kind}, new byte[] {(byte) (kind + 1)}, visitor);
  }

  /** What lies between the kinds that are known. */
  private void strays() {
    byte[] from = new byte[0];
    for (char kind : KINDS.toCharArray()) {
      strays(from, new byte[] {(byte) kind});
      from = new byte[] {(byte) (kind + 1)};
    }
    byte[] end = new byte[16];
    Arrays.fill(end, (byte) 0xff);
    strays(from, end);
  }

  private void strays(byte[] from, byte[] to) {
    db.scan(
        from,
        to,
        (key, value) -> {
          findings.add(
              Inconsistency.STRAY_KEY,
              "key " + Arrays.toString(Arrays.copyOf(key, Math.min(key.length, 16))));
          return true;
        });
  }

  private boolean collection(byte[] key, byte[] value) {
    CollectionId collection;
    try {
      collection = MetadataKeys.collectionOf(key);
    } catch (BufferUnderflowException | IllegalArgumentException e) {
      findings.add(Inconsistency.BAD_KEY, "key C of " + key.length + " bytes");
      return true;
    }
    if (!Arrays.equals(key, MetadataKeys.collection(collection))) {
      findings.add(Inconsistency.BAD_KEY, "key C of " + key.length + " bytes");
    } else {
      usage(collection, value);
    }
    collections.add(collection);
    return true;
  }

  private void usage(CollectionId collection, byte[] value) {
    try {
      ObjectStore.Usage usage = CollectionRecord.decode(value);
      if (usage != null) { // version 1 says nothing
        stored.put(collection, usage);
      }
    } catch (MalformedInputException e) {
      findings.add(Inconsistency.BAD_COLLECTION, "collection " + collection);
    }
  }

  private boolean object(byte[] key, byte[] value) {
    objects++;
    CollectionId collection;
    String name;
    try {
      collection = MetadataKeys.collectionOf(key);
      var object = MetadataKeys.objectOf(key);
      if (!Arrays.equals(key, MetadataKeys.object(collection, object))) {
        throw new IllegalArgumentException("object " + object + " under another key");
      }
      name = "object " + object + " in " + collection;
    } catch (BufferUnderflowException | IllegalArgumentException | MalformedInputException e) {
      findings.add(Inconsistency.BAD_KEY, "key O of " + key.length + " bytes: " + e.getMessage());
      return true;
    }
    if (!collections.contains(collection)) {
      findings.add(Inconsistency.NO_COLLECTION, name);
    }
    try {
      Onode onode = Onode.decode(value);
      counted.merge(
          collection,
          new ObjectStore.Usage(1, onode.size),
          (sum, one) -> sum.plus(one.objects(), one.bytes()));
      onode(name, onode);
    } catch (MalformedInputException | IllegalArgumentException e) {
      findings.add(Inconsistency.BAD_ONODE, name + ": " + e.getMessage());
    }
    return true;
  }

  private void onode(String name, Onode onode) {
    if (nodes.put(onode.node, onode.omap) != null) {
      findings.add(Inconsistency.SHARED_NODE, name + " has the node id of another, " + onode.node);
    }
    long end = 0;
    for (Extent extent : onode.extents.all()) {
      if (extent.offset() < end) {
        findings.add(
            Inconsistency.EXTENTS_OVERLAP, name + ": extents overlap at " + extent.offset());
      }
      end = extent.end();
      blobs.refer(name, extent);
    }
    if (end > onode.size) {
      findings.add(
          Inconsistency.EXTENT_BEYOND_SIZE,
          name + " of " + onode.size + " bytes has extents to " + end);
    }
  }

  private boolean omap(byte[] key, byte[] value) {
    if (key.length < OMAP_KEY_BYTES_MIN) {
      findings.add(Inconsistency.BAD_KEY, "key M of " + key.length + " bytes");
      return true;
    }
    long node = MetadataKeys.idOf(key);
    Boolean expected = nodes.get(node);
    if (expected == null) {
      if (dangling.add(node)) {
        findings.add(
            Inconsistency.DANGLING_OMAP, "omap keys under node " + node + ", which no object has");
      }
    } else if (!expected) {
      findings.add(
          Inconsistency.UNMARKED_OMAP,
          "omap key under node " + node + ", whose object says it has none");
    }
    return true;
  }

  /** After everything was scanned: is any id in use one that will be given to another? */
  void compareIds() {
    long used = maxId();
    long ceiling = ceiling();
    if (ceiling < 0) {
      findings.add(Inconsistency.BAD_ID_CEILING, "the record of ids is missing or damaged");
    } else if (used >= ceiling) {
      findings.add(
          Inconsistency.ID_ABOVE_CEILING,
          "id " + used + " is in use, ids from " + ceiling + " on will be given");
    }
  }

  /** After everything was scanned, and only when every object is known. */
  void compareUsage() {
    wrongUsages()
        .forEach(
            (collection, usage) ->
                findings.add(
                    Inconsistency.WRONG_USAGE,
                    "collection "
                        + collection
                        + " says "
                        + stored.get(collection)
                        + ", has "
                        + usage));
  }

  private Map<CollectionId, ObjectStore.Usage> wrongUsages() {
    Map<CollectionId, ObjectStore.Usage> wrong = new HashMap<>();
    stored.forEach(
        (collection, usage) -> {
          ObjectStore.Usage found = counted.getOrDefault(collection, ObjectStore.Usage.NONE);
          if (!found.equals(usage)) {
            wrong.put(collection, found);
          }
        });
    return wrong;
  }

  private long maxId() {
    return Math.max(blobs.maxId(), nodes.keySet().stream().mapToLong(id -> id).max().orElse(0));
  }

  /** -1 = damaged. */
  private long ceiling() {
    byte[] state = db.get(MetadataKeys.state("ids"));
    if (state == null) {
      return objects == 0 && blobs.count() == 0 ? 1 : -1;
    }
    return state.length == Long.BYTES ? new Decoder(state).le64() : -1;
  }

  /**
   * Deletes what hangs under no object; moves the ceiling of ids above those in use; counts
   * collections anew.
   */
  void repair(MetadataBatch repairs) {
    for (long node : dangling) {
      byte[] first = MetadataKeys.omap(node, new byte[0]);
      repairs.deleteRange(first, MetadataKeys.after(first));
    }
    if (findings.has(Inconsistency.ID_ABOVE_CEILING)) {
      repairs.put(
          MetadataKeys.state("ids"), new Encoder(Long.BYTES).le64(maxId() + 1).toByteArray());
    }
    wrongUsages()
        .forEach(
            (collection, usage) ->
                repairs.put(MetadataKeys.collection(collection), CollectionRecord.encode(usage)));
  }

  int collections() {
    return collections.size();
  }

  long objects() {
    return objects;
  }
}
