package io.sluice.protocol;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.IntFunction;

/**
 * A CRUSH map being changed.
 *
 * <p><b>Threads:</b> one owner, for the length of one change.
 */
final class CrushEdit {
  private final CrushMap before;
  private final List<CrushBucket> buckets;
  private final List<CrushRule> rules;
  private final NavigableMap<Integer, String> itemNames;
  private final NavigableMap<Integer, String> ruleNames;
  private int maxDevices;

  CrushEdit(CrushMap before) {
    this.before = before;
    buckets = new ArrayList<>(before.buckets());
    rules = new ArrayList<>(before.rules());
    itemNames = new TreeMap<>(before.names().items());
    ruleNames = new TreeMap<>(before.names().rules());
    maxDevices = before.maxDevices();
  }

  void nameItem(int id, String name) {
    itemNames.put(id, name);
    maxDevices = Math.max(maxDevices, id + 1);
  }

  int root() {
    return bucketNamed(CrushMap.ROOT, CrushMap.TYPE_ROOT);
  }

  /** The id of the bucket with that name, made when there is none. */
  int bucketNamed(String name, int type) {
    for (var entry : itemNames.entrySet()) {
      if (entry.getKey() < 0 && entry.getValue().equals(name)) {
        return entry.getKey();
      }
    }
    int free = buckets.indexOf(null);
    if (free < 0) {
      free = buckets.size();
      buckets.add(null);
    }
    int id = -1 - free;
    buckets.set(free, new CrushBucket(id, type, 0, new int[0], new int[0]));
    itemNames.put(id, name);
    return id;
  }

  /**
   * Puts a device of that weight into a host, and the host with its new weight into the root,
   * unless somebody has put it elsewhere.
   */
  void place(int device, int weight, int host, int root) {
    CrushBucket filled = buckets.get(-1 - host).withItem(device, weight);
    buckets.set(-1 - host, filled);
    if (holder(host) == null) {
      buckets.set(-1 - root, buckets.get(-1 - root).withItem(host, filled.weight));
    } else {
      reweighParents(filled);
    }
  }

  /** The bucket that an item is in; null for none. */
  private CrushBucket holder(int item) {
    for (CrushBucket bucket : buckets) {
      if (bucket != null && bucket.indexOf(item) >= 0) {
        return bucket;
      }
    }
    return null;
  }

  private int weightOf(int item) {
    CrushBucket in = holder(item);
    return item < 0
        ? buckets.get(-1 - item).weight
        : in == null ? 0 : in.itemWeights[in.indexOf(item)];
  }

  private void set(CrushBucket bucket) {
    buckets.set(-1 - bucket.id, bucket);
    reweighParents(bucket);
  }

  void reweigh(int device, int weight) {
    CrushBucket in = holder(device);
    if (in == null) {
      throw new IllegalArgumentException("device " + device + " is in no bucket");
    }
    set(in.withItem(device, weight));
  }

  /** Takes an item, with what is in it, out of its bucket; returns its weight. */
  private int detach(int item) {
    int weight = weightOf(item);
    for (CrushBucket in = holder(item); in != null; in = holder(item)) {
      set(in.withoutItem(item));
    }
    return weight;
  }

  /** Takes an item out of the map. */
  void drop(int item) {
    detach(item);
    itemNames.remove(item);
    if (item < 0) {
      buckets.set(-1 - item, null);
    }
  }

  /**
   * Puts an item into the lowest of these buckets, and each that has to be made into the next.
   *
   * @param location types to names
   */
  void move(int item, SortedMap<Integer, String> location) {
    int weight = detach(item);
    int placed = item;
    for (Map.Entry<Integer, String> each : location.entrySet()) {
      boolean isThere = itemNames.containsValue(each.getValue());
      int id = bucketNamed(each.getValue(), each.getKey());
      set(buckets.get(-1 - id).withItem(placed, weight));
      if (isThere) {
        return;
      }
      placed = id;
    }
  }

  void removeRule(int id) {
    rules.set(id, null);
    ruleNames.remove(id);
  }

  /**
   * Takes a device out of every bucket; buckets that this empties go too, parents lose the weight.
   */
  void remove(int device) {
    itemNames.remove(device);
    removeItem(device);
  }

  private void removeItem(int item) {
    for (int i = 0; i < buckets.size(); i++) {
      CrushBucket holder = buckets.get(i);
      if (holder == null || holder.indexOf(item) < 0) {
        continue;
      }
      CrushBucket less = holder.withoutItem(item);
      buckets.set(i, less);
      if (less.items.length == 0 && less.type == CrushMap.TYPE_HOST) {
        removeItem(less.id);
        buckets.set(i, null);
        itemNames.remove(less.id);
      } else {
        reweighParents(less);
      }
    }
  }

  private void reweighParents(CrushBucket child) {
    for (int i = 0; i < buckets.size(); i++) {
      CrushBucket parent = buckets.get(i);
      if (parent != null && parent.indexOf(child.id) >= 0) {
        CrushBucket reweighed = parent.withItem(child.id, child.weight);
        buckets.set(i, reweighed);
        reweighParents(reweighed);
      }
    }
  }

  void addRule(String name, IntFunction<CrushRule> make) {
    int free = rules.indexOf(null);
    if (free < 0) {
      free = rules.size();
      rules.add(null);
    }
    rules.set(free, make.apply(free));
    ruleNames.put(free, name);
  }

  CrushMap build() {
    CrushMap.Names names = new CrushMap.Names(before.names().types(), itemNames, ruleNames);
    return new CrushMap(buckets, rules, maxDevices, names, before.tunables(), before.classes());
  }
}
