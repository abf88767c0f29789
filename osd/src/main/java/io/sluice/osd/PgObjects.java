package io.sluice.osd;

import io.sluice.bufferlist.BufferList;
import io.sluice.bufferlist.Inspection;
import io.sluice.objectstore.CollectionId;
import io.sluice.objectstore.ObjectStore;
import io.sluice.objectstore.StoreException;
import io.sluice.protocol.Errno;
import io.sluice.protocol.PeerListing;
import io.sluice.types.EVersion;
import io.sluice.types.EntityName;
import io.sluice.types.Loop;
import io.sluice.types.ObjectId;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One placement group's objects as committed: everything that only looks.
 *
 * <p><b>Threads:</b> the group's loop; reads come back to it.
 */
final class PgObjects {
  private static final Logger LOG = LoggerFactory.getLogger(PgObjects.class);

  /** Takes the bytes read, or null and a negated errno. */
  interface ReadDone {
    void accept(BufferList bytes, int result);
  }

  private final PgServices services;
  private final ObjectStore store;
  private final CollectionId collection;
  private final Loop loop;
  private Mender mender;

  PgObjects(PgServices services, CollectionId collection, Loop loop) {
    this.services = services;
    this.store = services.store();
    this.collection = collection;
    this.loop = loop;
  }

  /** Empty when there is no such object. */
  Optional<ObjectInfo> info(ObjectId object) {
    return attr(object, ObjectInfo.ATTRIBUTE).map(ObjectInfo::decode);
  }

  /** The snapshots of an object, by its head. */
  SnapSet snaps(ObjectId head) {
    return attr(head, SnapSet.ATTRIBUTE).map(SnapSet::decode).orElse(SnapSet.EMPTY);
  }

  Optional<byte[]> attr(ObjectId object, String name) {
    return store.exists(collection) ? store.attr(collection, object, name) : Optional.empty();
  }

  Map<String, byte[]> attrs(ObjectId object) {
    return store.attrs(collection, object);
  }

  Optional<byte[]> omapGet(ObjectId object, byte[] key) {
    return store.omapGet(collection, object, key);
  }

  /**
   * Keys with their values from {@code first} on, until they are so many, or reach so many bytes.
   */
  SortedMap<byte[], byte[]> omapList(ObjectId object, byte[] first, int max, long bytesMax) {
    return store.omapList(collection, object, first, max, bytesMax);
  }

  /** A page of them, as recovery takes them; empty when there are none any more. */
  SortedMap<byte[], byte[]> omapPage(ObjectId object, byte[] first) {
    return omapList(object, first, Limits.OMAP_ENTRIES, Limits.PUSH_KEYS_BYTES);
  }

  boolean hasOmap(ObjectId object, byte[] first) {
    return !omapList(object, first, 1, 1).isEmpty();
  }

  /** Shows keys from {@code first} on, one at a time. */
  void omapScan(ObjectId object, byte[] first, ObjectStore.OmapVisitor visitor) {
    store.omapScan(collection, object, first, visitor);
  }

  /** From here on objects that cannot be read are mended before anybody hears of it. */
  void mendWith(Mender newMender) {
    mender = newMender;
  }

  /** Where in a range bytes were written, in order; all else reads as zeros. */
  List<ObjectStore.Range> extents(ObjectId object, long offset, long length) {
    return store.extents(collection, object, offset, length);
  }

  /**
   * Runs the task when there is room for what a client reads into memory: now, or later on the
   * loop.
   *
   * @param bytes that the operation reads with all of its steps so far
   */
  void whenRoom(ClientOp op, long bytes, Runnable task) {
    boolean isPeer = op.connection().peerName().type() == EntityName.OSD;
    if (bytes <= Limits.GATED_READ_BYTES || op.share() != null || isPeer) {
      task.run();
      return;
    }
    boolean alone = op.request().ops().size() == 1;
    op.take(gate().share((alone ? bytes : Limits.OUTPUT_BYTES) / Limits.READ_SHARE));
    op.share().enter(loop, task);
  }

  /** The same of what a client reads into the heap, and has no share for. */
  void whenHeap(ClientOp op, long bytes, Runnable task) {
    op.take(gate().share(bytes));
    op.share().enter(loop, task);
  }

  MemoryGate gate() {
    return services.gate();
  }

  /** Reads bytes that exist; {@code done} runs on the loop and takes them over. */
  void read(ObjectId object, long offset, long length, ReadDone done) {
    read(object, List.of(new ObjectStore.Range(offset, length)), done);
  }

  /** The same of many runs, put end to end. */
  void read(ObjectId object, List<ObjectStore.Range> runs, ReadDone done) {
    readAsIs(
        object,
        runs,
        (bytes, result) -> {
          if (result != Errno.EIO.result() || mender == null) {
            done.accept(bytes, result);
            return;
          }
          mender.mend(
              object,
              mended -> {
                if (mended) {
                  readAsIs(object, runs, done);
                } else {
                  done.accept(null, result);
                }
              });
        });
  }

  /** The same, but what cannot be read stays as it is. */
  private void readAsIs(ObjectId object, List<ObjectStore.Range> runs, ReadDone done) {
    whenRead(store.read(collection, object, runs), object, done);
  }

  /** The same as the disk has it, not the memory of this machine: for scrub. */
  void readFromDisk(ObjectId object, long offset, long length, ReadDone done) {
    ObjectStore.Range range = new ObjectStore.Range(offset, length);
    whenRead(store.readFromDisk(collection, object, range), object, done);
  }

  private void whenRead(CompletableFuture<BufferList> reading, ObjectId object, ReadDone done) {
    reading.whenComplete(
        (bytes, failure) -> loop.execute(() -> finish(object, bytes, failure, done)));
  }

  private static void finish(ObjectId object, BufferList bytes, Throwable failure, ReadDone done) {
    if (failure == null) {
      done.accept(bytes, 0);
      return;
    }
    Throwable cause = failure instanceof CompletionException ? failure.getCause() : failure;
    boolean absent =
        cause instanceof StoreException store && store.kind() == StoreException.Kind.NOT_FOUND;
    if (!absent) {
      LOG.error("cannot read {}: {}", object, cause.toString());
    }
    done.accept(null, absent ? Errno.ENOENT.result() : Errno.EIO.result());
  }

  /** Takes what was found, or null when it has to be {@link #read}. */
  interface LazyDone {
    void accept(ObjectStore.LazyRead found);
  }

  /**
   * Finds bytes that exist, to be brought while they are sent; {@code done} runs on the loop.
   *
   * @param checked before they leave, as their receiver cannot
   */
  void readLazily(ObjectId object, ObjectStore.Range range, boolean checked, LazyDone done) {
    store
        .readLazily(collection, object, range, checked)
        .whenComplete((found, failure) -> loop.execute(() -> done.accept(found)));
  }

  /** Bytes of a read leave: how, or why not as pages. */
  void countOut(ReadRoute route, long bytes) {
    services.pipes().meter().readOut(route.toString(), bytes);
  }

  /** The bytes in an array: a copy, counted under the reason. */
  byte[] inspect(BufferList bytes, Inspection reason) {
    return bytes.toByteArray(services.pipes(), reason);
  }

  /**
   * Clients' objects in store order from {@code from} on (null: the beginning), without our own.
   */
  ObjectStore.Listing list(ObjectId from, int max) {
    if (!store.exists(collection)) {
      return new ObjectStore.Listing(List.of(), null);
    }
    ObjectStore.Listing page = store.list(collection, from, max);
    List<ObjectId> users =
        page.objects().stream().filter(object -> !PgMeta.isMeta(object)).toList();
    return new ObjectStore.Listing(users, page.next());
  }

  /** The same with their versions. */
  List<PeerListing.Copy> copies(List<ObjectId> objects) {
    List<PeerListing.Copy> copies = new ArrayList<>(objects.size());
    for (ObjectId object : objects) {
      copies.add(
          new PeerListing.Copy(
              object, info(object).map(ObjectInfo::version).orElse(EVersion.ZERO)));
    }
    return copies;
  }
}
