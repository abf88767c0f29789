package io.sluice.osd;

import io.sluice.bufferlist.BufferList;
import io.sluice.bufferlist.Inspection;
import io.sluice.objectstore.CollectionId;
import io.sluice.objectstore.MemoryStore;
import io.sluice.protocol.PgEntry;
import io.sluice.types.ObjectId;
import io.sluice.types.PgId;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;

/** Compares the copies of a quiet cluster, byte by byte. */
final class SimReplicas {
  private SimReplicas() {}

  static void checkEqual(SimulatedCluster cluster) {
    for (PgEntry entry : cluster.monitor().table().entries()) {
      Map<String, String> first = null;
      for (int osd : entry.acting()) {
        Map<String, String> copy = dump(cluster, cluster.disk(osd), new CollectionId(entry.pg()));
        if (first == null) {
          first = copy;
        }
        SimWorkload.check(
            first.equals(copy),
            entry + ": osd." + osd + " has beside the first " + difference(copy, first));
      }
    }
  }

  /** Every object, and what is logged of it, is in the group that its hash says. */
  static void checkPlaces(SimulatedCluster cluster) {
    for (PgEntry entry : cluster.monitor().table().entries()) {
      for (int osd : entry.acting()) {
        CollectionId pg = new CollectionId(entry.pg());
        List<ObjectId> found = new ArrayList<>(cluster.disk(osd).list(pg, null, 1 << 20).objects());
        PgLog log = new PgLog(new LogRoom(Limits.LOGS_BYTES));
        new PgMeta(cluster.disk(osd), entry.pg()).load(log);
        log.all().forEach(logged -> found.add(logged.object()));
        for (ObjectId object : found) {
          PgId right = cluster.monitor().map().pool(object.pool()).pgOf(object.hash());
          SimWorkload.check(
              right.equals(entry.pg()), "osd." + osd + " has " + object + " in " + entry.pg());
        }
      }
    }
  }

  /** What was taken in ahead of its operation has been committed, or is gone without a trace. */
  static void checkNothingStaged(SimulatedCluster cluster) {
    for (PgEntry entry : cluster.monitor().table().entries()) {
      for (int osd : entry.acting()) {
        Object staged = cluster.disk(osd).perf().get("staged_bytes");
        SimWorkload.check(staged.equals(0L), "osd." + osd + " still has staged bytes: " + staged);
      }
    }
  }

  private static Map<String, String> dump(
      SimulatedCluster cluster, MemoryStore store, CollectionId pg) {
    Map<String, String> all = new TreeMap<>();
    PgLog log = new PgLog(new LogRoom(Limits.LOGS_BYTES));
    all.put("info", new PgMeta(store, pg.pg()).load(log).toString());
    all.put("log", log.all().toString());
    for (ObjectId object : store.list(pg, null, 1 << 20).objects()) {
      if (PartialCopies.isPartial(object)) {
        all.put(object.toString(), "left behind by osd." + pg);
      }
      store.attrs(pg, object).forEach((name, value) -> all.put(object + "@" + name, text(value)));
      store
          .omapList(pg, object, new byte[0], 1 << 20)
          .forEach(
              (key, value) -> {
                if (!PgMeta.isMeta(object)) {
                  all.put(object + "#" + Arrays.toString(key), text(value));
                }
              });
      long size = store.stat(pg, object).orElseThrow().size();
      if (size > 0) {
        all.put(object.toString(), read(cluster, store.read(pg, object, 0, size)));
      }
    }
    return all;
  }

  private static String text(byte[] value) {
    return value.length > 1000
        ? Arrays.hashCode(value) + " of " + value.length
        : Arrays.toString(value);
  }

  private static String difference(Map<String, String> copy, Map<String, String> first) {
    Map<String, String> more = new TreeMap<>(copy);
    more.entrySet().removeAll(first.entrySet());
    Map<String, String> less = new TreeMap<>(first);
    less.entrySet().removeAll(copy.entrySet());
    return more + " and not " + less;
  }

  private static String read(SimulatedCluster cluster, CompletableFuture<BufferList> bytes) {
    cluster.runUntil(SimulatedCluster.SECOND, bytes::isDone);
    try (BufferList list = bytes.join()) {
      return Arrays.hashCode(list.toByteArray(null, Inspection.DEBUG)) + " of " + list.length();
    }
  }
}
