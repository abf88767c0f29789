package io.sluice.protocol;

import java.util.Map;
import java.util.OptionalInt;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Changes of a CRUSH map's tree by names, as {@code ceph osd crush} makes them: each gives another
 * map.
 *
 * <p>All throw {@link IllegalArgumentException}, with a line for the user, for what cannot be.
 */
public final class CrushTree {
  private static final int NAME_MAX = 255;

  private CrushTree() {}

  /** Ceph's bytes of a map, which a user has made. */
  public static CrushMap decode(byte[] bytes) {
    return CrushCodec.decode(bytes);
  }

  /** The id of a device or bucket of that name. */
  public static OptionalInt idOf(CrushMap map, String name) {
    return CrushMap.keyOf(map.names().items(), name);
  }

  private static int known(CrushMap map, String name) {
    return idOf(map, name)
        .orElseThrow(() -> new IllegalArgumentException("item " + name + " does not exist"));
  }

  /** The number of a bucket type; -1 when there is none of that name. */
  public static int typeOf(CrushMap map, String name) {
    return CrushMap.keyOf(map.names().types(), name).orElse(-1);
  }

  private static CrushEdit edit(CrushMap map) {
    if (!map.classes().shadows().isEmpty()) {
      throw new IllegalArgumentException("a map with rules for device classes is not changed here");
    }
    return new CrushEdit(map);
  }

  /**
   * A device with another weight, and so all buckets above it.
   *
   * @param weight 16.16 fixed point
   */
  public static CrushMap reweigh(CrushMap map, String name, int weight) {
    int id = known(map, name);
    if (id < 0) {
      throw new IllegalArgumentException("device '" + name + "' is not a leaf in the crush map");
    }
    CrushEdit edit = edit(map);
    edit.reweigh(id, weight);
    return edit.build();
  }

  /** A new bucket, which is in no other. */
  public static CrushMap addBucket(CrushMap map, String name, String type) {
    int number = typeOf(map, type);
    if (number <= 0) {
      throw new IllegalArgumentException("type '" + type + "' does not exist");
    }
    checkName(name);
    CrushEdit edit = edit(map);
    edit.bucketNamed(name, number);
    return edit.build();
  }

  private static void checkName(String name) {
    if (!name.matches("[A-Za-z0-9_.-]{1," + NAME_MAX + "}")) {
      throw new IllegalArgumentException("bad name '" + name + "': letters, digits, _, - and .");
    }
  }

  /**
   * A device or bucket, with what is in it, somewhere else.
   *
   * @param location types of buckets to their names, {@code root=default, rack=r1}; what is not
   *     there yet is made
   */
  public static CrushMap move(CrushMap map, String name, Map<String, String> location) {
    int id = known(map, name);
    int type = id >= 0 ? CrushMap.TYPE_OSD : map.bucket(id).type;
    SortedMap<Integer, String> above = new TreeMap<>();
    for (Map.Entry<String, String> each : location.entrySet()) {
      int level = typeOf(map, each.getKey());
      checkName(each.getValue());
      OptionalInt there = idOf(map, each.getValue());
      boolean wrong =
          there.isPresent()
              && (there.getAsInt() >= 0 || map.bucket(there.getAsInt()).type != level);
      if (level <= type || wrong) {
        throw new IllegalArgumentException(
            name + " cannot be in " + each.getKey() + "=" + each.getValue());
      }
      above.put(level, each.getValue());
    }
    if (above.isEmpty()) {
      throw new IllegalArgumentException("no location for " + name);
    }
    CrushEdit edit = edit(map);
    edit.move(id, above);
    CrushMap moved = edit.build();
    CrushCodec.checkTree(moved); // not below itself
    return moved;
  }

  /** The same with a bucket called otherwise. */
  public static CrushMap rename(CrushMap map, String name, String newName) {
    int id = known(map, name);
    checkName(newName);
    if (id >= 0 || idOf(map, newName).isPresent()) {
      throw new IllegalArgumentException(name + " cannot be called " + newName);
    }
    CrushEdit edit = edit(map);
    edit.nameItem(id, newName);
    return edit.build();
  }

  /** Without a device, or a bucket that is empty and that no rule begins at. */
  public static CrushMap remove(CrushMap map, String name) {
    int id = known(map, name);
    if (id < 0 && map.bucket(id).items.length > 0) {
      throw new IllegalArgumentException("bucket '" + name + "' is not empty");
    }
    boolean used =
        map.rules().stream()
            .filter(rule -> rule != null)
            .flatMap(rule -> rule.steps().stream())
            .anyMatch(step -> step.op() == CrushRule.TAKE && step.arg1() == id);
    if (used) {
      throw new IllegalArgumentException("item '" + name + "' is in use by a rule");
    }
    CrushEdit edit = edit(map);
    edit.drop(id);
    return edit.build();
  }

  /** With a rule for replicated pools that begins at that bucket. */
  public static CrushMap addRule(CrushMap map, String name, String root, String domain) {
    checkName(name);
    int from = known(map, root);
    int type = typeOf(map, domain);
    if (type < 0) {
      throw new IllegalArgumentException("unknown crush type '" + domain + "'");
    }
    CrushEdit edit = new CrushEdit(map);
    edit.addRule(name, id -> CrushRule.replicated(id, from, type));
    return edit.build();
  }

  public static CrushMap removeRule(CrushMap map, String name) {
    CrushEdit edit = new CrushEdit(map);
    edit.removeRule(map.ruleId(name));
    return edit.build();
  }
}
