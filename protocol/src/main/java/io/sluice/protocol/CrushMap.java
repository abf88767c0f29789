package io.sluice.protocol;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * The tree of hosts and devices, and the rules that choose from it. Immutable: changes return
 * another map.
 *
 * <p><b>Invariants:</b> bucket {@code -1-i} sits at index i (null where there is none); every item
 * of a bucket is a device or an existing bucket; the tree has no cycle; devices are smaller than
 * {@link #maxDevices}.
 */
public final class CrushMap {
  /** Bucket types of a fresh Ceph cluster, by number. */
  private static final Map<Integer, String> TYPES =
      Map.ofEntries(
          Map.entry(0, "osd"),
          Map.entry(1, "host"),
          Map.entry(2, "chassis"),
          Map.entry(3, "rack"),
          Map.entry(4, "row"),
          Map.entry(5, "pdu"),
          Map.entry(6, "pod"),
          Map.entry(7, "room"),
          Map.entry(8, "datacenter"),
          Map.entry(9, "zone"),
          Map.entry(10, "region"),
          Map.entry(11, "root"));

  static final int TYPE_OSD = 0;
  static final int TYPE_HOST = 1;
  static final int TYPE_ROOT = 11;
  static final String ROOT = "default";

  /** Labels of a map: numbers to names. */
  record Names(
      NavigableMap<Integer, String> types,
      NavigableMap<Integer, String> items,
      NavigableMap<Integer, String> rules) {}

  /**
   * Device classes, carried: devices to classes, class names, and the shadow bucket of each bucket
   * and class.
   */
  record Classes(
      SortedMap<Integer, Integer> ofDevice,
      SortedMap<Integer, String> names,
      SortedMap<Integer, SortedMap<Integer, Integer>> shadows) {
    static final Classes NONE = new Classes(new TreeMap<>(), new TreeMap<>(), new TreeMap<>());
  }

  private final List<CrushBucket> buckets;
  private final List<CrushRule> rules;
  private final int maxDevices;
  private final Names names;
  private final CrushTunables tunables;
  private final Classes classes;

  CrushMap(
      List<CrushBucket> buckets,
      List<CrushRule> rules,
      int maxDevices,
      Names names,
      CrushTunables tunables,
      Classes classes) {
    this.buckets = Collections.unmodifiableList(new ArrayList<>(buckets));
    this.rules = Collections.unmodifiableList(new ArrayList<>(rules));
    this.maxDevices = maxDevices;
    this.names = names;
    this.tunables = tunables;
    this.classes = classes;
  }

  /** The root "default" without anything under it, Ceph's types, and no rule. */
  public static CrushMap initial() {
    NavigableMap<Integer, String> items = new TreeMap<>();
    items.put(-1, ROOT);
    Names names = new Names(new TreeMap<>(TYPES), items, new TreeMap<>());
    CrushBucket root = new CrushBucket(-1, TYPE_ROOT, 0, new int[0], new int[0]);
    return new CrushMap(List.of(root), List.of(), 0, names, CrushTunables.JEWEL, Classes.NONE);
  }

  /**
   * Adds a device under a host (made when missing) of the root "default", or changes its weight.
   *
   * @param weight 1.0 is customarily a TiB
   */
  public CrushMap withDevice(int osd, String host, double weight) {
    if (osd < 0 || !(weight >= 0 && weight < 32768)) {
      throw new IllegalArgumentException("osd." + osd + " of weight " + weight);
    }
    boolean moves = hostOf(osd).filter(name -> !name.equals(host)).isPresent();
    CrushEdit edit = new CrushEdit(moves ? withoutDevice(osd) : this);
    edit.nameItem(osd, "osd." + osd);
    edit.place(
        osd, (int) Math.round(weight * 0x10000), edit.bucketNamed(host, TYPE_HOST), edit.root());
    return edit.build();
  }

  /**
   * With no more devices than its buckets have, as Ceph counts them after reading a map: the bytes
   * may still count some that were removed.
   */
  CrushMap withDevicesCounted() {
    int devices =
        buckets.stream()
            .filter(Objects::nonNull)
            .flatMapToInt(bucket -> Arrays.stream(bucket.items))
            .reduce(0, (most, item) -> Math.max(most, item + 1));
    return new CrushMap(buckets, rules, devices, names, tunables, classes);
  }

  /** Takes a device out of its host; an empty host goes with it. */
  public CrushMap withoutDevice(int osd) {
    CrushEdit edit = new CrushEdit(this);
    edit.remove(osd);
    return edit.build();
  }

  /**
   * Adds a rule for replicated pools with the next free id.
   *
   * @param failureDomain "osd" or "host" (any type of the map): no two replicas share one
   */
  public CrushMap withReplicatedRule(String name, String failureDomain) {
    int type =
        names.types().entrySet().stream()
            .filter(entry -> entry.getValue().equals(failureDomain))
            .map(Map.Entry::getKey)
            .findFirst()
            .orElseThrow(() -> new IllegalArgumentException("no bucket type " + failureDomain));
    CrushEdit edit = new CrushEdit(this);
    edit.addRule(name, id -> CrushRule.replicated(id, edit.root(), type));
    return edit.build();
  }

  /** The id of a rule by name, or -1. */
  public int ruleId(String name) {
    return keyOf(names.rules(), name).orElse(-1);
  }

  /** The number that goes by that name. */
  static OptionalInt keyOf(Map<Integer, String> names, String name) {
    return names.entrySet().stream()
        .filter(entry -> entry.getValue().equals(name))
        .mapToInt(Map.Entry::getKey)
        .findFirst();
  }

  /** Rule ids to names. */
  public SortedMap<Integer, String> ruleNames() {
    return Collections.unmodifiableSortedMap(names.rules());
  }

  /** The name of the host that a device is under. */
  public Optional<String> hostOf(int osd) {
    return hostBuckets().filter(bucket -> bucket.indexOf(osd) >= 0).map(this::nameOf).findFirst();
  }

  /** Host names, each with its devices. */
  public SortedMap<String, List<Integer>> hosts() {
    SortedMap<String, List<Integer>> hosts = new TreeMap<>();
    hostBuckets()
        .forEach(
            bucket ->
                hosts.put(nameOf(bucket), Arrays.stream(bucket.items).sorted().boxed().toList()));
    return hosts;
  }

  /** The weight of a device in its host, 0 when it is in none. */
  public double deviceWeight(int osd) {
    return hostBuckets()
        .filter(bucket -> bucket.indexOf(osd) >= 0)
        .mapToDouble(bucket -> bucket.itemWeights[bucket.indexOf(osd)] / 65536.0)
        .findFirst()
        .orElse(0);
  }

  /** Shadow hosts of device classes ("h~hdd") are no hosts. */
  private Stream<CrushBucket> hostBuckets() {
    return buckets.stream()
        .filter(bucket -> bucket != null && bucket.type == TYPE_HOST)
        .filter(bucket -> !nameOf(bucket).contains("~"));
  }

  private String nameOf(CrushBucket bucket) {
    return names.items().getOrDefault(bucket.id, "bucket" + bucket.id);
  }

  /**
   * The rule that serves a pool: same ruleset and type, and the pool's size in its range; null when
   * there is none.
   */
  CrushRule ruleFor(PoolLayout layout) {
    for (CrushRule rule : rules) {
      if (rule != null
          && rule.ruleset() == layout.crushRule()
          && rule.type() == layout.type()
          && rule.minSize() <= layout.size()
          && rule.maxSize() >= layout.size()) {
        return rule;
      }
    }
    return null;
  }

  /** The bucket of an id, or null. */
  CrushBucket bucket(int id) {
    int index = -1 - id;
    return index >= 0 && index < buckets.size() ? buckets.get(index) : null;
  }

  List<CrushBucket> buckets() {
    return buckets;
  }

  List<CrushRule> rules() {
    return rules;
  }

  int maxDevices() {
    return maxDevices;
  }

  Names names() {
    return names;
  }

  CrushTunables tunables() {
    return tunables;
  }

  Classes classes() {
    return classes;
  }

  /** Ceph's bytes, as {@code ceph osd getcrushmap} gives them. */
  public byte[] encode() {
    return CrushCodec.encode(this);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof CrushMap that
        && maxDevices == that.maxDevices
        && buckets.equals(that.buckets)
        && rules.equals(that.rules)
        && names.equals(that.names)
        && tunables.equals(that.tunables)
        && classes.equals(that.classes);
  }

  @Override
  public int hashCode() {
    return buckets.hashCode();
  }

  @Override
  public String toString() {
    return "crush map of " + maxDevices + " devices: " + hosts();
  }
}
