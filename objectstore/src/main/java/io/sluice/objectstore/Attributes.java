package io.sluice.objectstore;

import java.util.Arrays;
import java.util.function.BiConsumer;

/**
 * An object's attributes, by name in order: most objects have one or two, and tens of thousands of
 * objects are kept in memory, so two arrays and no tree.
 *
 * <p><b>Invariants:</b> arrays do not change once they are here: copies share them. Values are
 * shared too: nobody changes those.
 *
 * <p><b>Threads:</b> one owner while it changes.
 */
final class Attributes {
  private static final String[] NO_NAMES = {};
  private static final byte[][] NO_VALUES = {};

  private String[] names = NO_NAMES;
  private byte[][] values = NO_VALUES;

  Attributes copy() {
    Attributes copy = new Attributes();
    copy.names = names;
    copy.values = values;
    return copy;
  }

  int size() {
    return names.length;
  }

  /** The value, not to be changed; or null. */
  byte[] get(String name) {
    int at = Arrays.binarySearch(names, name);
    return at < 0 ? null : values[at];
  }

  void put(String name, byte[] value) {
    int at = Arrays.binarySearch(names, name);
    if (at >= 0) {
      values = values.clone();
      values[at] = value;
      return;
    }
    int place = -at - 1;
    names = with(Arrays.copyOf(names, names.length + 1), place, name);
    values = with(Arrays.copyOf(values, values.length + 1), place, value);
  }

  /**
   * @param longer has one free place at its end
   */
  private static <T> T[] with(T[] longer, int place, T added) {
    System.arraycopy(longer, place, longer, place + 1, longer.length - place - 1);
    longer[place] = added;
    return longer;
  }

  void remove(String name) {
    int at = Arrays.binarySearch(names, name);
    if (at >= 0) {
      names = without(names, at);
      values = without(values, at);
    }
  }

  private static <T> T[] without(T[] all, int place) {
    T[] shorter = Arrays.copyOf(all, all.length - 1);
    System.arraycopy(all, place + 1, shorter, place, shorter.length - place);
    return shorter;
  }

  void clear() {
    names = NO_NAMES;
    values = NO_VALUES;
  }

  /** Roughly what they take in memory, in bytes. */
  int weight() {
    int weight = 0;
    for (int i = 0; i < names.length; i++) {
      weight += 100 + names[i].length() + values[i].length;
    }
    return weight;
  }

  void forEach(BiConsumer<String, byte[]> action) {
    for (int i = 0; i < names.length; i++) {
      action.accept(names[i], values[i]);
    }
  }

  @Override
  public String toString() {
    return Arrays.toString(names);
  }
}
