package io.sluice.protocol;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.stream.IntStream;

/** A CRUSH map as lists of names and numbers, for whoever prints it. */
public record CrushView(CrushMap map) {
  /**
   * A bucket.
   *
   * @param weights of the children, 16.16 fixed point
   */
  public record Bucket(
      int id,
      String name,
      int typeId,
      String type,
      int weight,
      List<Integer> children,
      List<Integer> weights) {}

  /**
   * A step in the words of {@code ceph osd crush rule dump}; null where it has no such argument.
   */
  public record Step(String op, Integer num, String type, Integer item, String itemName) {}

  /** The bucket of that name, unless it is the shadow of a device class. */
  public Optional<Bucket> bucket(String name) {
    return buckets().stream().filter(each -> each.name().equals(name)).findFirst();
  }

  /** Roots first, then what is below them; without the shadows of device classes. */
  public List<Bucket> buckets() {
    List<Bucket> found = new ArrayList<>();
    for (CrushBucket bucket : map.buckets()) {
      if (bucket != null && !name(bucket.id).contains("~")) {
        found.add(
            new Bucket(
                bucket.id,
                name(bucket.id),
                bucket.type,
                map.names().types().getOrDefault(bucket.type, "type" + bucket.type),
                bucket.weight,
                boxed(bucket.items),
                boxed(bucket.itemWeights)));
      }
    }
    return found;
  }

  private static List<Integer> boxed(int[] values) {
    return Arrays.stream(values).boxed().toList();
  }

  /** Buckets that are in no other. */
  public List<Bucket> roots() {
    List<Bucket> all = buckets();
    return all.stream()
        .filter(each -> all.stream().noneMatch(other -> other.children().contains(each.id())))
        .toList();
  }

  public String name(int id) {
    return map.names().items().getOrDefault(id, id >= 0 ? "device" + id : "bucket" + id);
  }

  public SortedMap<Integer, String> types() {
    return Collections.unmodifiableSortedMap(map.names().types());
  }

  /** Devices that are in some bucket. */
  public List<Integer> devices() {
    return IntStream.range(0, map.maxDevices())
        .filter(id -> map.names().items().containsKey(id))
        .boxed()
        .toList();
  }

  /** The class of a device, empty when it has none. */
  public String deviceClass(int osd) {
    Integer number = map.classes().ofDevice().get(osd);
    return number == null ? "" : map.classes().names().getOrDefault(number, "");
  }

  public CrushTunables tunables() {
    return map.tunables();
  }

  public CrushRule rule(int id) {
    return id >= 0 && id < map.rules().size() ? map.rules().get(id) : null;
  }

  public List<Step> steps(CrushRule rule) {
    return rule.steps().stream().map(this::step).toList();
  }

  private Step step(CrushRule.Step step) {
    return switch (step.op()) {
      case CrushRule.TAKE -> new Step("take", null, null, step.arg1(), name(step.arg1()));
      case CrushRule.EMIT -> new Step("emit", null, null, null, null);
      case CrushRule.CHOOSE_FIRSTN -> choose("choose_firstn", step);
      case CrushRule.CHOOSE_INDEP -> choose("choose_indep", step);
      case CrushRule.CHOOSELEAF_FIRSTN -> choose("chooseleaf_firstn", step);
      case CrushRule.CHOOSELEAF_INDEP -> choose("chooseleaf_indep", step);
      case CrushRule.SET_CHOOSE_TRIES ->
          new Step("set_choose_tries", step.arg1(), null, null, null);
      case CrushRule.SET_CHOOSELEAF_TRIES ->
          new Step("set_chooseleaf_tries", step.arg1(), null, null, null);
      default -> new Step("opcode " + step.op(), step.arg1(), null, null, null);
    };
  }

  private Step choose(String op, CrushRule.Step step) {
    return new Step(op, step.arg1(), types().getOrDefault(step.arg2(), "osd"), null, null);
  }
}
