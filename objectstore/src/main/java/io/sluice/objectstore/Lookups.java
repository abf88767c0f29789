package io.sluice.objectstore;

import io.sluice.types.ObjectId;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * The small questions to a {@link DiskStore}: what metadata alone answer, each from one committed
 * state. <b>Threads:</b> any; blocks on RocksDB.
 */
final class Lookups {
  private final MetadataView view;

  Lookups(MetadataView view) {
    this.view = view;
  }

  private Optional<Onode> onode(CollectionId collection, ObjectId object) {
    return Optional.ofNullable(view.onode(MetadataKeys.object(collection, object)));
  }

  Optional<ObjectStore.ObjectStat> stat(CollectionId collection, ObjectId object) {
    return onode(collection, object)
        .map(onode -> new ObjectStore.ObjectStat(onode.size, onode.hint));
  }

  List<ObjectStore.Range> extents(CollectionId collection, ObjectId object, long from, long to) {
    return onode(collection, object).map(onode -> onode.extents.runs(from, to)).orElse(List.of());
  }

  Optional<byte[]> attr(CollectionId collection, ObjectId object, String name) {
    return onode(collection, object).map(onode -> onode.attrs.get(name)).map(byte[]::clone);
  }

  Map<String, byte[]> attrs(CollectionId collection, ObjectId object) {
    Map<String, byte[]> copy = new TreeMap<>();
    onode(collection, object)
        .ifPresent(onode -> onode.attrs.forEach((name, value) -> copy.put(name, value.clone())));
    return copy;
  }

  Optional<byte[]> omapGet(CollectionId collection, ObjectId object, byte[] key) {
    return onode(collection, object)
        .filter(onode -> onode.omap)
        .map(onode -> view.db().get(MetadataKeys.omap(onode.node, key)));
  }

  /** False where there is nothing to show. */
  boolean omapScan(
      CollectionId collection, ObjectId object, byte[] first, ObjectStore.OmapVisitor visitor) {
    Optional<Onode> onode = onode(collection, object).filter(found -> found.omap);
    if (onode.isPresent()) {
      long node = onode.get().node;
      byte[] end = MetadataKeys.after(MetadataKeys.omap(node, new byte[0]));
      view.db()
          .scan(
              MetadataKeys.omap(node, first),
              end,
              (key, value) -> visitor.visit(MetadataKeys.omapKeyOf(key), value));
    }
    return onode.isPresent();
  }

  byte[] omapHeader(CollectionId collection, ObjectId object) {
    return onode(collection, object).map(onode -> onode.omapHeader.clone()).orElse(new byte[0]);
  }

  ObjectStore.Listing list(CollectionId collection, ObjectId from, int max) {
    byte[] begin = MetadataKeys.firstObject(collection);
    byte[] first = from == null ? begin : MetadataKeys.object(collection, from);
    List<ObjectId> page = new ArrayList<>();
    ObjectId[] next = new ObjectId[1];
    view.db()
        .scan(
            first,
            MetadataKeys.after(begin),
            (key, value) -> {
              ObjectId object = MetadataKeys.objectOf(key);
              if (page.size() == max) {
                next[0] = object;
                return false;
              }
              return page.add(object);
            });
    return new ObjectStore.Listing(page, next[0]);
  }
}
