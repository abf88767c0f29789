package io.sluice.protocol;

import java.util.Arrays;

/**
 * Runs CRUSH rules: the pseudo-random, weighted, stable choice of OSDs for a placement seed. (ceph:
 * crush/mapper.c)
 *
 * <p>In a bucket each item draws {@code ln(hash16(seed, item, r)) / weight} and the largest draw
 * wins (straw2). A choice descends from a bucket to an item of the wanted type. "firstn" fills
 * positions from the front and tries again from the top with another {@code r} on a collision or
 * when the OSD is out; "indep" fills each position on its own and leaves holes. "chooseleaf" goes
 * on to one device under each chosen bucket.
 *
 * <p><b>Threads:</b> one owner, for one rule.
 */
final class CrushMapper {
  /** A hole: no OSD at this position. (ceph: CRUSH_ITEM_NONE) */
  static final int NONE = 0x7fffffff;

  private static final int UNDEFINED = 0x7ffffffe;
  private static final int FAILED = Integer.MIN_VALUE;

  /** One pass of choosing: what is wanted and where it goes. */
  private static final class Pass {
    final int type;
    final int tries;
    final boolean toLeaf;
    final int parentR;
    final int[] chosen;
    final int[] leaves;
    int count;

    Pass(int type, int tries, int parentR, int[] chosen, int[] leaves) {
      this.type = type;
      this.tries = tries;
      this.toLeaf = leaves != null;
      this.parentR = parentR;
      this.chosen = chosen;
      this.leaves = leaves;
    }
  }

  private final CrushMap map;
  private final int[] weights;
  private final int seed;
  private int tries;
  private int leafTries;
  private int localTries;
  private int varyR;
  private boolean stable;

  private CrushMapper(CrushMap map, int[] weights, int seed) {
    this.map = map;
    this.weights = weights;
    this.seed = seed;
    CrushTunables tunables = map.tunables();
    tries = tunables.chooseTotalTries() + 1; // the tunable counts retries
    localTries = tunables.chooseLocalTries();
    varyR = tunables.chooseleafVaryR();
    stable = tunables.chooseleafStable() != 0;
  }

  /**
   * The OSDs of a placement seed.
   *
   * @param count how many are wanted; fewer may come back, or holes from an "indep" rule
   * @param weights in/out weight of each OSD, 16.16 fixed point
   */
  static int[] choose(CrushMap map, CrushRule rule, int seed, int count, int[] weights) {
    return new CrushMapper(map, weights, seed).run(rule, count);
  }

  private int[] run(CrushRule rule, int wanted) {
    int[] result = new int[0];
    int[] working = new int[0];
    for (CrushRule.Step step : rule.steps()) {
      switch (step.op()) {
        case CrushRule.TAKE:
          boolean known =
              step.arg1() >= 0 ? step.arg1() < map.maxDevices() : map.bucket(step.arg1()) != null;
          working = known ? new int[] {step.arg1()} : working;
          break;
        case CrushRule.CHOOSE_FIRSTN:
        case CrushRule.CHOOSELEAF_FIRSTN:
        case CrushRule.CHOOSE_INDEP:
        case CrushRule.CHOOSELEAF_INDEP:
          working = chooseUnder(working, step, wanted);
          break;
        case CrushRule.EMIT:
          int room = Math.min(working.length, wanted - result.length);
          int[] longer = Arrays.copyOf(result, result.length + room);
          System.arraycopy(working, 0, longer, result.length, room);
          result = longer;
          working = new int[0];
          break;
        default:
          set(step);
      }
    }
    return result;
  }

  private void set(CrushRule.Step step) {
    int value = step.arg1();
    if (step.op() == CrushRule.SET_CHOOSE_TRIES && value > 0) {
      tries = value;
    } else if (step.op() == CrushRule.SET_CHOOSELEAF_TRIES && value > 0) {
      leafTries = value;
    } else if (step.op() == CrushRule.SET_CHOOSE_LOCAL_TRIES && value >= 0) {
      localTries = value;
    } else if (step.op() == CrushRule.SET_CHOOSELEAF_VARY_R && value >= 0) {
      varyR = value;
    } else if (step.op() == CrushRule.SET_CHOOSELEAF_STABLE && value >= 0) {
      stable = value != 0;
    }
  }

  /** Replaces each bucket of the working set by what is chosen under it. */
  private int[] chooseUnder(int[] working, CrushRule.Step step, int wanted) {
    boolean firstn =
        step.op() == CrushRule.CHOOSE_FIRSTN || step.op() == CrushRule.CHOOSELEAF_FIRSTN;
    boolean toLeaf =
        step.op() == CrushRule.CHOOSELEAF_FIRSTN || step.op() == CrushRule.CHOOSELEAF_INDEP;
    int[] all = new int[wanted];
    int size = 0;
    int replicas = step.arg1() > 0 ? step.arg1() : step.arg1() + wanted;
    for (int id : working) {
      CrushBucket bucket = map.bucket(id);
      if (replicas <= 0 || bucket == null) {
        continue;
      }
      int room = wanted - size;
      Pass pass = new Pass(step.arg2(), tries, 0, new int[room], toLeaf ? new int[room] : null);
      if (firstn) {
        firstn(bucket, pass, 0, replicas);
      } else {
        pass.count = Math.min(replicas, room);
        indep(bucket, pass, 0, pass.count, replicas);
      }
      System.arraycopy(toLeaf ? pass.leaves : pass.chosen, 0, all, size, pass.count);
      size += pass.count;
    }
    return Arrays.copyOf(all, size);
  }

  private void firstn(CrushBucket root, Pass pass, int firstReplica, int replicas) {
    for (int replica = firstReplica;
        replica < replicas && pass.count < pass.chosen.length;
        replica++) {
      int item = pick(root, pass, replica);
      if (item != FAILED) {
        pass.chosen[pass.count++] = item;
      }
    }
  }

  /**
   * An item for the next position that is of the wanted type, new, and not out; FAILED when the
   * tries are used up.
   */
  private int pick(CrushBucket root, Pass pass, int replica) {
    CrushBucket in = root;
    int failures = 0;
    int localFailures = 0;
    while (true) {
      int r = replica + pass.parentR + failures;
      boolean collides = false;
      boolean rejected = in.items.length == 0;
      if (!rejected) {
        int item = straw2(in, r);
        if (item >= map.maxDevices()) {
          return FAILED;
        }
        int type = typeOf(item);
        if (type != pass.type) {
          if (item >= 0) {
            return FAILED;
          }
          in = map.bucket(item);
          continue;
        }
        collides = contains(pass.chosen, pass.count, item);
        rejected =
            !collides && (pass.toLeaf && !leafUnder(item, pass, r) || type == 0 && isOut(item));
        if (!collides && !rejected) {
          return item;
        }
      }
      failures++;
      localFailures++;
      if (!collides || localFailures > localTries) {
        if (failures >= pass.tries) {
          return FAILED;
        }
        in = root;
        localFailures = 0;
      }
    }
  }

  private boolean leafUnder(int item, Pass pass, int r) {
    if (item >= 0) {
      pass.leaves[pass.count] = item;
      return true;
    }
    int leafR = varyR > 0 ? r >> varyR - 1 : 0;
    int perBucket =
        leafTries > 0 ? leafTries : map.tunables().chooseleafDescendOnce() != 0 ? 1 : tries;
    Pass leaf = new Pass(CrushMap.TYPE_OSD, perBucket, leafR, pass.leaves, null);
    leaf.count = pass.count;
    firstn(map.bucket(item), leaf, stable ? 0 : pass.count, stable ? 1 : pass.count + 1);
    return leaf.count > pass.count;
  }

  private void indep(CrushBucket root, Pass pass, int from, int to, int replicas) {
    Arrays.fill(pass.chosen, from, to, UNDEFINED);
    if (pass.toLeaf) {
      Arrays.fill(pass.leaves, from, to, UNDEFINED);
    }
    boolean open = true;
    for (int failures = 0; open && failures < pass.tries; failures++) {
      open = false;
      for (int position = from; position < to; position++) {
        if (pass.chosen[position] == UNDEFINED) {
          place(
              root,
              pass,
              position,
              position + pass.parentR + replicas * failures,
              new int[] {from, to, replicas});
          open |= pass.chosen[position] == UNDEFINED;
        }
      }
    }
    for (int position = from; position < to; position++) {
      pass.chosen[position] = pass.chosen[position] == UNDEFINED ? NONE : pass.chosen[position];
      if (pass.toLeaf && pass.leaves[position] == UNDEFINED) {
        pass.leaves[position] = NONE;
      }
    }
  }

  /**
   * One try for one position: leaves it undefined to be tried again, or a hole when it never can be
   * filled.
   */
  private void place(CrushBucket root, Pass pass, int position, int r, int[] bounds) {
    CrushBucket in = root;
    while (in.items.length > 0) {
      int item = straw2(in, r);
      int type = item < map.maxDevices() ? typeOf(item) : -1;
      if (type == -1 || type != pass.type && item >= 0) {
        pass.chosen[position] = NONE;
        if (pass.toLeaf) {
          pass.leaves[position] = NONE;
        }
        return;
      }
      if (type != pass.type) {
        in = map.bucket(item);
        continue;
      }
      for (int other = bounds[0]; other < bounds[1]; other++) {
        if (pass.chosen[other] == item) {
          return;
        }
      }
      if (pass.toLeaf && !indepLeaf(item, pass, position, r, bounds[2])) {
        return;
      }
      if (type != 0 || !isOut(item)) {
        pass.chosen[position] = item;
      }
      return;
    }
  }

  private boolean indepLeaf(int item, Pass pass, int position, int r, int replicas) {
    if (item >= 0) {
      pass.leaves[position] = item;
      return true;
    }
    Pass leaf = new Pass(CrushMap.TYPE_OSD, leafTries > 0 ? leafTries : 1, r, pass.leaves, null);
    indep(map.bucket(item), leaf, position, position + 1, replicas);
    return pass.leaves[position] != NONE;
  }

  private int straw2(CrushBucket bucket, int r) {
    int best = 0;
    long bestDraw = 0;
    for (int i = 0; i < bucket.items.length; i++) {
      int weight = bucket.itemWeights[i];
      long draw = Long.MIN_VALUE;
      if (weight != 0) {
        int uniform = CrushHash.hash(seed, bucket.items[i], r) & 0xffff;
        draw = (CrushLn.of(uniform) - (1L << 48)) / weight;
      }
      if (i == 0 || draw > bestDraw) {
        best = i;
        bestDraw = draw;
      }
    }
    return bucket.items[best];
  }

  private int typeOf(int item) {
    return item < 0 ? map.bucket(item).type : CrushMap.TYPE_OSD;
  }

  /**
   * An OSD of weight w is out for a share 1-w of the seeds; so is a bucket that a damaged map calls
   * a device.
   */
  private boolean isOut(int osd) {
    if (osd < 0 || osd >= weights.length || weights[osd] == 0) {
      return true;
    }
    return weights[osd] < OsdEntry.IN && (CrushHash.hash(seed, osd) & 0xffff) >= weights[osd];
  }

  private static boolean contains(int[] items, int count, int item) {
    for (int i = 0; i < count; i++) {
      if (items[i] == item) {
        return true;
      }
    }
    return false;
  }
}
