package io.sluice.protocol;

import io.sluice.bufferlist.Decoder;
import io.sluice.bufferlist.Encoder;
import io.sluice.bufferlist.MalformedInputException;
import java.util.ArrayList;
import java.util.List;
import java.util.NavigableMap;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * CRUSH maps in Ceph's encoding, which has no version: fields were only ever appended.
 *
 * <pre>
 * le32 0x00010000 | le32 max_buckets | le32 max_rules | le32 max_devices
 * bucket: le32 alg (0: none) | le32 id | le16 type | u8 alg | u8 hash | le32 weight | le32 n | n x le32 item | n x le32 weight
 * rule:   le32 exists | le32 steps | u8 ruleset, type, min_size, max_size | steps x (le32 op, arg1, arg2)
 * maps of le32 to string: types, items, rules
 * le32 local_tries, local_fallback_tries, total_tries, descend_once | u8 vary_r | u8 straw_calc | le32 algs | u8 stable
 * classes: map device to class | map class to name | map bucket to (map class to bucket) | le32 number of choose_args
 * </pre>
 *
 * (ceph: CrushWrapper::encode with all features)
 */
final class CrushCodec {
  private static final int MAGIC = 0x00010000;

  /** Deeper trees than this are taken for damage; Ceph has 12 types. */
  private static final int MAX_DEPTH = 64;

  /**
   * More tries than this are taken for damage, lest one placement take minutes; Ceph's default is
   * 50.
   */
  private static final int MAX_TRIES = 10_000;

  /** More than a pool can have copies are taken for damage: a rule may look for each in vain. */
  private static final int MAX_CHOSEN = 255;

  private CrushCodec() {}

  static byte[] encode(CrushMap map) {
    Encoder to = new Encoder(1024);
    to.le32(MAGIC).le32(map.buckets().size()).le32(map.rules().size()).le32(map.maxDevices());
    map.buckets().forEach(bucket -> encodeBucket(to, bucket));
    map.rules().forEach(rule -> encodeRule(to, rule));
    strings(to, map.names().types());
    strings(to, map.names().items());
    strings(to, map.names().rules());
    CrushTunables t = map.tunables();
    to.le32(t.chooseLocalTries()).le32(t.chooseLocalFallbackTries()).le32(t.chooseTotalTries());
    to.le32(t.chooseleafDescendOnce()).u8(t.chooseleafVaryR()).u8(t.strawCalcVersion());
    to.le32(t.allowedBucketAlgs()).u8(t.chooseleafStable());
    ints(to, map.classes().ofDevice());
    strings(to, map.classes().names());
    to.le32(map.classes().shadows().size());
    map.classes().shadows().forEach((bucket, shadows) -> ints(to.le32(bucket), shadows));
    to.le32(0);
    return to.toByteArray();
  }

  private static void encodeBucket(Encoder to, CrushBucket bucket) {
    if (bucket == null) {
      to.le32(0);
      return;
    }
    to.le32(CrushBucket.STRAW2)
        .le32(bucket.id)
        .le16(bucket.type)
        .u8(CrushBucket.STRAW2)
        .u8(CrushHash.RJENKINS1);
    to.le32(bucket.weight).le32(bucket.items.length);
    for (int item : bucket.items) {
      to.le32(item);
    }
    for (int weight : bucket.itemWeights) {
      to.le32(weight);
    }
  }

  private static void encodeRule(Encoder to, CrushRule rule) {
    if (rule == null) {
      to.le32(0);
      return;
    }
    to.le32(1).le32(rule.steps().size());
    to.u8(rule.ruleset()).u8(rule.type()).u8(rule.minSize()).u8(rule.maxSize());
    rule.steps().forEach(step -> to.le32(step.op()).le32(step.arg1()).le32(step.arg2()));
  }

  static CrushMap decode(byte[] bytes) {
    Decoder from = new Decoder(bytes);
    if (from.le32() != MAGIC) {
      throw new MalformedInputException("not a CRUSH map: bad magic number");
    }
    int maxBuckets = bounded(from.le32(), from, "buckets");
    int maxRules = bounded(from.le32(), from, "rules");
    int maxDevices = from.le32();
    List<CrushBucket> buckets = new ArrayList<>();
    for (int i = 0; i < maxBuckets; i++) {
      buckets.add(decodeBucket(from, -1 - i));
    }
    List<CrushRule> rules = new ArrayList<>();
    for (int i = 0; i < maxRules; i++) {
      rules.add(decodeRule(from));
    }
    CrushMap.Names names = new CrushMap.Names(strings(from), strings(from), strings(from));
    CrushTunables tunables =
        new CrushTunables(
            from.le32(),
            from.le32(),
            from.le32(),
            from.le32(),
            from.u8(),
            from.u8(),
            from.le32(),
            from.u8());
    CrushMap.Classes classes = decodeClasses(from);
    if (from.le32() != 0) {
      throw new MalformedInputException("CRUSH choose_args (weight sets) are not supported");
    }
    checkTries(tunables.chooseTotalTries());
    checkTries(tunables.chooseLocalTries());
    if (tunables.chooseLocalFallbackTries() != 0) {
      throw new MalformedInputException(
          "CRUSH tunable choose_local_fallback_tries is not supported");
    }
    CrushMap map = new CrushMap(buckets, rules, maxDevices, names, tunables, classes);
    checkTree(map);
    return map;
  }

  private static CrushBucket decodeBucket(Decoder from, int expectedId) {
    int alg = from.le32();
    if (alg == 0) {
      return null;
    }
    int id = from.le32();
    int type = from.le16();
    int sameAlg = from.u8();
    int hash = from.u8();
    int weight = from.le32();
    if (alg != CrushBucket.STRAW2 || sameAlg != alg || hash != CrushHash.RJENKINS1) {
      throw new MalformedInputException(
          "CRUSH bucket "
              + id
              + " of algorithm "
              + alg
              + ", hash "
              + hash
              + ": only straw2 with rjenkins1 is supported");
    }
    if (id != expectedId) {
      throw new MalformedInputException("CRUSH bucket " + id + " in the place of " + expectedId);
    }
    int count = from.count(8);
    return new CrushBucket(id, type, weight, ints(from, count), ints(from, count));
  }

  private static CrushRule decodeRule(Decoder from) {
    if (from.le32() == 0) {
      return null;
    }
    int count = from.count(12);
    int ruleset = from.u8();
    int type = from.u8();
    int minSize = from.u8();
    int maxSize = from.u8();
    List<CrushRule.Step> steps = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      CrushRule.Step step = new CrushRule.Step(from.le32(), from.le32(), from.le32());
      if (step.op() == CrushRule.SET_CHOOSE_LOCAL_FALLBACK_TRIES && step.arg1() > 0) {
        throw new MalformedInputException(
            "CRUSH rule step set_choose_local_fallback_tries is not supported");
      }
      if (step.op() >= CrushRule.SET_CHOOSE_TRIES
          && step.op() <= CrushRule.SET_CHOOSE_LOCAL_TRIES) {
        checkTries(step.arg1());
      }
      if (isChoice(step.op()) && step.arg1() > MAX_CHOSEN) {
        throw new MalformedInputException("CRUSH rule that chooses " + step.arg1());
      }
      steps.add(step);
    }
    return new CrushRule(ruleset, type, minSize, maxSize, steps);
  }

  private static boolean isChoice(int op) {
    return op == CrushRule.CHOOSE_FIRSTN
        || op == CrushRule.CHOOSE_INDEP
        || op == CrushRule.CHOOSELEAF_FIRSTN
        || op == CrushRule.CHOOSELEAF_INDEP;
  }

  private static CrushMap.Classes decodeClasses(Decoder from) {
    SortedMap<Integer, Integer> ofDevice = ints(from);
    SortedMap<Integer, String> names = strings(from);
    SortedMap<Integer, SortedMap<Integer, Integer>> shadows = new TreeMap<>();
    for (int left = from.count(8); left > 0; left--) {
      int bucket = from.le32();
      shadows.put(bucket, ints(from));
    }
    return new CrushMap.Classes(ofDevice, names, shadows);
  }

  /**
   * Every item is a device or a bucket that is there, and no bucket is below itself: choosing ends.
   */
  static void checkTree(CrushMap map) {
    if (map.maxDevices() < 0 || map.maxDevices() > OsdMapDecoder.MAX_OSDS) {
      throw new MalformedInputException("CRUSH map of " + map.maxDevices() + " devices");
    }
    int[] depths = new int[map.buckets().size()];
    for (CrushBucket bucket : map.buckets()) {
      if (bucket != null) {
        depth(map, bucket, depths, 1);
      }
    }
  }

  private static int depth(CrushMap map, CrushBucket bucket, int[] depths, int above) {
    int index = -1 - bucket.id;
    if (depths[index] == 0) {
      int deepest = 0;
      for (int item : bucket.items) {
        CrushBucket child = map.bucket(item);
        if (item < 0 && child == null) {
          throw new MalformedInputException(
              "CRUSH bucket " + bucket.id + " holds " + item + ", which is not there");
        }
        if (above >= MAX_DEPTH) {
          throw new MalformedInputException(
              "CRUSH tree is deeper than " + MAX_DEPTH + " or has a cycle");
        }
        deepest = child == null ? deepest : Math.max(deepest, depth(map, child, depths, above + 1));
      }
      depths[index] = deepest + 1;
    }
    return depths[index];
  }

  private static void checkTries(int tries) {
    if (tries > MAX_TRIES) {
      throw new MalformedInputException("CRUSH map with " + tries + " tries");
    }
  }

  private static int bounded(int count, Decoder from, String what) {
    if (count < 0 || (long) count * 4 > from.remaining()) {
      throw new MalformedInputException(
          "CRUSH map of "
              + Integer.toUnsignedString(count)
              + " "
              + what
              + " in "
              + from.remaining()
              + " bytes");
    }
    return count;
  }

  private static void strings(Encoder to, SortedMap<Integer, String> map) {
    to.le32(map.size());
    map.forEach((key, value) -> to.le32(key).string(value));
  }

  private static NavigableMap<Integer, String> strings(Decoder from) {
    NavigableMap<Integer, String> map = new TreeMap<>();
    for (int left = from.count(8); left > 0; left--) {
      int key = from.le32();
      map.put(key, from.string());
    }
    return map;
  }

  private static void ints(Encoder to, SortedMap<Integer, Integer> map) {
    to.le32(map.size());
    map.forEach((key, value) -> to.le32(key).le32(value));
  }

  private static SortedMap<Integer, Integer> ints(Decoder from) {
    SortedMap<Integer, Integer> map = new TreeMap<>();
    for (int left = from.count(8); left > 0; left--) {
      int key = from.le32();
      map.put(key, from.le32());
    }
    return map;
  }

  private static int[] ints(Decoder from, int count) {
    int[] values = new int[count];
    for (int i = 0; i < count; i++) {
      values[i] = from.le32();
    }
    return values;
  }
}
