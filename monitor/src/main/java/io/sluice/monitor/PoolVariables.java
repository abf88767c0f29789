package io.sluice.monitor;

import io.sluice.protocol.Errno;
import io.sluice.protocol.PoolInfo;
import java.util.List;
import java.util.Set;

/** Ceph's variables of pools that mean nothing here: what is said of them, in its words. */
final class PoolVariables {
  private static final String TIER =
      "hit_set_type|hit_set_period|hit_set_count|hit_set_fpp|target_max_objects|target_max_bytes"
          + "|cache_target_dirty_ratio|cache_target_dirty_high_ratio|cache_target_full_ratio"
          + "|cache_min_flush_age|cache_min_evict_age|min_read_recency_for_promote"
          + "|min_write_recency_for_promote|hit_set_grade_decay_rate|hit_set_search_last_n";

  private static final String ERASURE = "erasure_code_profile|allow_ec_overwrites";

  private static final String OPTIONS =
      "scrub_min_interval|scrub_max_interval|deep_scrub_interval|recovery_priority"
          + "|recovery_op_priority|scrub_priority|compression_mode|compression_algorithm"
          + "|compression_required_ratio|compression_max_blob_size|compression_min_blob_size"
          + "|csum_type|csum_min_block|csum_max_block|fingerprint_algorithm|pg_autoscale_bias"
          + "|pg_num_min|pg_num_max|target_size_bytes|target_size_ratio|dedup_tier"
          + "|dedup_chunk_algorithm|dedup_cdc_chunk_size";

  /** All of them, as a signature names choices. */
  static final String NAMES = TIER + "|" + ERASURE + "|" + OPTIONS;

  /** Those that have a value, which does not change. */
  static final Set<String> FIXED =
      Set.of("hashpspool", "write_fadvise_dontneed", "bulk", "use_gmt_hitset");

  private static final Set<String> TIERS = Set.of(TIER.split("\\|"));
  private static final Set<String> ERASURES = Set.of(ERASURE.split("\\|"));
  private static final Set<String> KEPT = Set.of(OPTIONS.split("\\|"));

  private PoolVariables() {}

  /** Throws for a variable that no pool here has. */
  static void checkRead(PoolInfo pool, String name) {
    checkKind(pool, name);
    if (KEPT.contains(name)) {
      throw new CommandException(
          Errno.ENOENT, "option '" + name + "' is not set on pool '" + pool.name() + "'");
    }
  }

  /** Throws for a variable that nobody here would obey. */
  static void checkSet(PoolInfo pool, String name, String value) {
    checkKind(pool, name);
    if (name.equals("fast_read")) {
      throw new CommandException(Errno.EINVAL, "fast read is not supported in replication pool");
    }
    boolean asIs =
        name.equals("hashpspool") && List.of("1", "true").contains(value)
            || List.of("write_fadvise_dontneed", "bulk").contains(name)
                && List.of("0", "false").contains(value)
            || name.equals("use_gmt_hitset");
    if (KEPT.contains(name) || FIXED.contains(name) && !asIs) {
      throw new CommandException(
          Errno.EOPNOTSUPP, "nothing of Sluice obeys '" + name + "' of a pool");
    }
  }

  private static void checkKind(PoolInfo pool, String name) {
    String kind = TIERS.contains(name) ? "tier" : ERASURES.contains(name) ? "erasure" : "";
    if (!kind.isEmpty()) {
      String text = "pool '" + pool.name() + "' is not a " + kind + " pool";
      throw new CommandException(Errno.EACCES, text + ": variable not applicable");
    }
  }
}
