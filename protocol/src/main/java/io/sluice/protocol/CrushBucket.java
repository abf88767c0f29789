package io.sluice.protocol;

import java.util.Arrays;

/**
 * A node of the CRUSH tree that is not a device: a host, a rack, the root. Its algorithm is straw2,
 * the only one that Ceph has made since Hammer. (ceph: crush_bucket_straw2)
 *
 * <p><b>Invariants:</b> {@code id < 0}; one weight (16.16 fixed point) per item; the bucket's
 * weight is what the map says, normally the sum.
 */
final class CrushBucket {
  /** (ceph: CRUSH_BUCKET_STRAW2) */
  static final int STRAW2 = 5;

  final int id;
  final int type;
  final int weight;
  final int[] items;
  final int[] itemWeights;

  CrushBucket(int id, int type, int weight, int[] items, int[] itemWeights) {
    if (items.length != itemWeights.length) {
      throw new IllegalArgumentException(
          items.length + " items, " + itemWeights.length + " weights");
    }
    this.id = id;
    this.type = type;
    this.weight = weight;
    this.items = items;
    this.itemWeights = itemWeights;
  }

  /** The same bucket with an item added, or with that item's weight changed. */
  CrushBucket withItem(int item, int itemWeight) {
    int at = indexOf(item);
    int[] newItems = items;
    int[] newWeights;
    if (at >= 0) {
      newWeights = itemWeights.clone();
    } else {
      at = items.length;
      newItems = Arrays.copyOf(items, at + 1);
      newWeights = Arrays.copyOf(itemWeights, at + 1);
    }
    newItems[at] = item;
    newWeights[at] = itemWeight;
    return new CrushBucket(id, type, sum(newWeights), newItems, newWeights);
  }

  CrushBucket withoutItem(int item) {
    int at = indexOf(item);
    if (at < 0) {
      return this;
    }
    int[] newItems = new int[items.length - 1];
    int[] newWeights = new int[items.length - 1];
    System.arraycopy(items, 0, newItems, 0, at);
    System.arraycopy(items, at + 1, newItems, at, newItems.length - at);
    System.arraycopy(itemWeights, 0, newWeights, 0, at);
    System.arraycopy(itemWeights, at + 1, newWeights, at, newWeights.length - at);
    return new CrushBucket(id, type, sum(newWeights), newItems, newWeights);
  }

  int indexOf(int item) {
    for (int i = 0; i < items.length; i++) {
      if (items[i] == item) {
        return i;
      }
    }
    return -1;
  }

  private static int sum(int[] weights) {
    return Arrays.stream(weights).sum();
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof CrushBucket that
        && id == that.id
        && type == that.type
        && weight == that.weight
        && Arrays.equals(items, that.items)
        && Arrays.equals(itemWeights, that.itemWeights);
  }

  @Override
  public int hashCode() {
    return 31 * id + Arrays.hashCode(items);
  }

  @Override
  public String toString() {
    return "bucket " + id + " type " + type + " " + Arrays.toString(items);
  }
}
