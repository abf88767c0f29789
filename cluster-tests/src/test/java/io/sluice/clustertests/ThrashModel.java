package io.sluice.clustertests;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;

/**
 * What a correct cluster must answer: for every object, its state as acknowledged, or the two
 * states an operation of unknown outcome leaves possible.
 *
 * <p><b>Threads</b>: any; one object is changed by one worker.
 */
final class ThrashModel {
  private final Map<String, List<State>> objects = new ConcurrentHashMap<>();

  /** An object's bytes (null: it does not exist) and attributes. */
  record State(byte[] data, Map<String, byte[]> xattrs) {
    static final State ABSENT = new State(null, Map.of());

    boolean exists() {
      return data != null;
    }

    State withData(byte[] other) {
      return new State(other, xattrs);
    }

    State withXattr(String name, byte[] value) {
      Map<String, byte[]> more = new TreeMap<>(xattrs);
      more.put(name, value);
      return new State(exists() ? data : new byte[0], more);
    }

    State withoutXattr(String name) {
      Map<String, byte[]> less = new TreeMap<>(xattrs);
      less.remove(name);
      return new State(data, less);
    }

    State appended(byte[] bytes) {
      byte[] old = exists() ? data : new byte[0];
      return patched(old.length, bytes);
    }

    /** With {@code bytes} at {@code offset}, zeros in a hole before. */
    State patched(int offset, byte[] bytes) {
      byte[] old = exists() ? data : new byte[0];
      byte[] whole = Arrays.copyOf(old, Math.max(old.length, offset + bytes.length));
      System.arraycopy(bytes, 0, whole, offset, bytes.length);
      return withData(whole);
    }

    boolean same(State other) {
      return Arrays.equals(data, other.data) && difference(other).isEmpty();
    }

    /** What differs, in words for a failure; empty when nothing does. */
    String difference(State other) {
      if (exists() != other.exists()) {
        return exists() + " / " + other.exists() + " (exists)";
      }
      if (!Arrays.equals(data, other.data)) {
        int at = Arrays.mismatch(data, other.data);
        return "bytes differ from " + at + " of " + data.length + " / " + other.data.length;
      }
      if (!xattrs.keySet().equals(other.xattrs.keySet())) {
        return "xattrs " + xattrs.keySet() + " / " + other.xattrs.keySet();
      }
      for (Map.Entry<String, byte[]> xattr : xattrs.entrySet()) {
        if (!Arrays.equals(xattr.getValue(), other.xattrs.get(xattr.getKey()))) {
          return "value of xattr " + xattr.getKey();
        }
      }
      return "";
    }
  }

  State of(String object) {
    List<State> states = objects.getOrDefault(object, List.of(State.ABSENT));
    if (states.size() != 1) {
      throw new IllegalStateException(object + " is in doubt and must be left alone");
    }
    return states.get(0);
  }

  boolean inDoubt(String object) {
    return objects.getOrDefault(object, List.of(State.ABSENT)).size() > 1;
  }

  void acknowledged(String object, State state) {
    objects.put(object, List.of(state));
  }

  /**
   * The operation's outcome is unknown: before or after, and from the first look on always the
   * same.
   */
  void doubtful(String object, State before, State after) {
    objects.put(object, List.of(before, after));
  }

  /** Empty when {@code seen} is what must be there; settles a doubt. Else what is wrong. */
  String judge(String object, State seen) {
    StringBuilder wrong = new StringBuilder();
    for (State state : objects.getOrDefault(object, List.of(State.ABSENT))) {
      String difference = state.difference(seen);
      if (difference.isEmpty()) {
        acknowledged(object, seen);
        return "";
      }
      wrong.append(object).append(": expected / seen: ").append(difference).append("; ");
    }
    return wrong.toString();
  }

  List<String> names() {
    return objects.keySet().stream().sorted().toList();
  }

  @Override
  public String toString() {
    long there = objects.values().stream().filter(s -> s.get(0).exists()).count();
    long doubt = objects.values().stream().filter(s -> s.size() > 1).count();
    return objects.size() + " objects (" + there + " exist, " + doubt + " in doubt)";
  }
}
