package io.sluice.protocol;

import java.util.Arrays;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * What one step of an object operation does, with Ceph's number and word for it. (ceph:
 * CEPH_OSD_OP_*, include/rados.h)
 *
 * <pre>
 * 0xf000 mode: 1 read, 2 write, 3 read-modify-write, 8 cache | 0x0f00 kind: 2 data, 3 attribute, 4 exec, 5 pg | 0x00ff number
 * </pre>
 */
public enum OpCode {
  READ(0x1201, "read"),
  STAT(0x1202, "stat"),
  MAPEXT(0x1203, "mapext"),
  CHECKSUM(0x121f, "checksum"),
  MASKTRUNC(0x1204, "masktrunc"),
  SPARSE_READ(0x1205, "sparse-read"),
  NOTIFY(0x1206, "notify"),
  NOTIFY_ACK(0x1207, "notify-ack"),
  ASSERT_VER(0x1208, "assert-version"),
  LIST_WATCHERS(0x1209, "list-watchers"),
  LIST_SNAPS(0x120a, "list-snaps"),
  SYNC_READ(0x120b, "sync_read"),
  WRITE(0x2201, "write"),
  WRITE_FULL(0x2202, "writefull"),
  TRUNCATE(0x2203, "truncate"),
  ZERO(0x2204, "zero"),
  DELETE(0x2205, "delete"),
  APPEND(0x2206, "append"),
  STARTSYNC(0x2207, "startsync"),
  SETTRUNC(0x2208, "settrunc"),
  TRIMTRUNC(0x2209, "trimtrunc"),
  TMAPUP(0x320a, "tmapup"),
  TMAPPUT(0x220b, "tmapput"),
  TMAPGET(0x120c, "tmapget"),
  CREATE(0x220d, "create"),
  ROLLBACK(0x220e, "rollback"),
  WATCH(0x220f, "watch"),
  OMAP_GET_KEYS(0x1211, "omap-get-keys"),
  OMAP_GET_VALS(0x1212, "omap-get-vals"),
  OMAP_GET_HEADER(0x1213, "omap-get-header"),
  OMAP_GET_VALS_BY_KEYS(0x1214, "omap-get-vals-by-keys"),
  OMAP_SET_VALS(0x2215, "omap-set-vals"),
  OMAP_SET_HEADER(0x2216, "omap-set-header"),
  OMAP_CLEAR(0x2217, "omap-clear"),
  OMAP_RM_KEYS(0x2218, "omap-rm-keys"),
  OMAP_RM_KEY_RANGE(0x222c, "omap-rm-key-range"),
  OMAP_CMP(0x1219, "omap-cmp"),
  COPY_FROM(0x221a, "copy-from"),
  COPY_FROM2(0x222d, "copy-from2"),
  UNDIRTY(0x221c, "undirty"),
  ISDIRTY(0x121d, "isdirty"),
  COPY_GET(0x121e, "copy-get"),
  CACHE_FLUSH(0x821f, "cache-flush"),
  CACHE_EVICT(0x8220, "cache-evict"),
  CACHE_TRY_FLUSH(0x8221, "cache-try-flush"),
  TMAP2OMAP(0x3222, "tmap2omap"),
  SET_ALLOC_HINT(0x2223, "set-alloc-hint"),
  CACHE_PIN(0x2224, "cache-pin"),
  CACHE_UNPIN(0x2225, "cache-unpin"),
  WRITE_SAME(0x2226, "write-same"),
  CMPEXT(0x1220, "cmpext"),
  SET_REDIRECT(0x2227, "set-redirect"),
  SET_CHUNK(0x2228, "set-chunk"),
  TIER_PROMOTE(0x2229, "tier-promote"),
  UNSET_MANIFEST(0x222a, "unset-manifest"),
  TIER_FLUSH(0x222b, "tier-flush"),
  GETXATTR(0x1301, "getxattr"),
  GETXATTRS(0x1302, "getxattrs"),
  CMPXATTR(0x1303, "cmpxattr"),
  SETXATTR(0x2301, "setxattr"),
  SETXATTRS(0x2302, "setxattrs"),
  RESETXATTRS(0x2303, "resetxattrs"),
  RMXATTR(0x2304, "rmxattr"),
  CALL(0x1401, "call"),
  PGLS(0x1501, "pgls"),
  PGLS_FILTER(0x1502, "pgls-filter"),
  PG_HITSET_LS(0x1503, "pg-hitset-ls"),
  PG_HITSET_GET(0x1504, "pg-hitset-get"),
  PGNLS(0x1505, "pgnls"),
  PGNLS_FILTER(0x1506, "pgnls-filter"),
  SCRUBLS(0x1507, "scrubls"),
  /** A number that this table does not have; answered with EOPNOTSUPP. */
  UNKNOWN(0, "???");

  private static final int MODE_READ = 0x1000;
  private static final int MODE_WRITE = 0x2000;
  private static final int KIND = 0x0f00;
  private static final int KIND_ATTRIBUTE = 0x0300;
  private static final int KIND_PG = 0x0500;
  private static final Map<Integer, OpCode> BY_NUMBER =
      Arrays.stream(values()).collect(Collectors.toMap(OpCode::number, Function.identity()));

  private final int number;
  private final String word;

  OpCode(int number, String word) {
    this.number = number;
    this.word = word;
  }

  public static OpCode of(int number) {
    return BY_NUMBER.getOrDefault(number, UNKNOWN);
  }

  public int number() {
    return number;
  }

  /** As Ceph prints it. */
  public String word() {
    return word;
  }

  /** Looks at the object. {@link #CALL} says of itself whether it reads or writes: neither here. */
  public boolean reads() {
    return (number & MODE_READ) != 0 && this != CALL;
  }

  /** Changes the object. */
  public boolean writes() {
    return (number & MODE_WRITE) != 0;
  }

  public boolean onAttributes() {
    return (number & KIND) == KIND_ATTRIBUTE;
  }

  /** Concerns a placement group, not an object. */
  public boolean onPlacementGroup() {
    return (number & KIND) == KIND_PG;
  }
}
