package io.sluice.protocol;

import java.util.List;

/**
 * A program of steps that turns a placement seed into OSDs. (ceph: crush_rule)
 *
 * @param ruleset what a pool names; equal to the rule's id
 * @param type pool type it serves
 * @param minSize smallest pool size it serves
 * @param maxSize largest
 */
public record CrushRule(int ruleset, int type, int minSize, int maxSize, List<Step> steps) {
  static final int TAKE = 1;
  static final int CHOOSE_FIRSTN = 2;
  static final int CHOOSE_INDEP = 3;
  static final int EMIT = 4;
  static final int CHOOSELEAF_FIRSTN = 6;
  static final int CHOOSELEAF_INDEP = 7;
  static final int SET_CHOOSE_TRIES = 8;
  static final int SET_CHOOSELEAF_TRIES = 9;
  static final int SET_CHOOSE_LOCAL_TRIES = 10;
  static final int SET_CHOOSE_LOCAL_FALLBACK_TRIES = 11;
  static final int SET_CHOOSELEAF_VARY_R = 12;
  static final int SET_CHOOSELEAF_STABLE = 13;

  /** One step: an operation and up to two arguments. */
  public record Step(int op, int arg1, int arg2) {}

  public CrushRule {
    steps = List.copyOf(steps);
  }

  /**
   * Takes a root and chooses as many leaves under distinct buckets of a type as the pool's size.
   */
  static CrushRule replicated(int id, int root, int failureDomainType) {
    int choose = failureDomainType == 0 ? CHOOSE_FIRSTN : CHOOSELEAF_FIRSTN;
    return new CrushRule(
        id,
        PoolLayout.REPLICATED,
        1,
        10,
        List.of(
            new Step(TAKE, root, 0), new Step(choose, 0, failureDomainType), new Step(EMIT, 0, 0)));
  }
}
