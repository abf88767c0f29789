package io.sluice.monitor;

import io.sluice.protocol.Errno;
import io.sluice.protocol.OsdMap;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The flags of an OSD map by their names. (ceph: CEPH_OSDMAP_*) */
final class MapFlags {
  private static final Map<String, Integer> ALL = new LinkedHashMap<>();

  /** What a user may set here: what somebody in Sluice, or every client, obeys. */
  static final int SETTABLE =
      OsdMap.PAUSERD
          | OsdMap.PAUSEWR
          | OsdMap.NOUP
          | OsdMap.NODOWN
          | OsdMap.NOOUT
          | OsdMap.NOIN
          | OsdMap.NOBACKFILL
          | OsdMap.NOREBALANCE
          | OsdMap.NORECOVER
          | OsdMap.NOSCRUB
          | OsdMap.NODEEP_SCRUB
          | OsdMap.NOSNAPTRIM;

  static {
    ALL.put("pauserd", OsdMap.PAUSERD);
    ALL.put("pausewr", OsdMap.PAUSEWR);
    ALL.put("noup", OsdMap.NOUP);
    ALL.put("nodown", OsdMap.NODOWN);
    ALL.put("noout", OsdMap.NOOUT);
    ALL.put("noin", OsdMap.NOIN);
    ALL.put("nobackfill", OsdMap.NOBACKFILL);
    ALL.put("norebalance", OsdMap.NOREBALANCE);
    ALL.put("norecover", OsdMap.NORECOVER);
    ALL.put("noscrub", OsdMap.NOSCRUB);
    ALL.put("nodeep-scrub", OsdMap.NODEEP_SCRUB);
    ALL.put("nosnaptrim", OsdMap.NOSNAPTRIM);
    ALL.put("sortbitwise", OsdMap.SORTBITWISE);
    ALL.put("recovery_deletes", OsdMap.RECOVERY_DELETES);
    ALL.put("purged_snapdirs", OsdMap.PURGED_SNAPDIRS);
    ALL.put("pglog_hardlimit", OsdMap.PGLOG_HARDLIMIT);
  }

  /** Those of Ceph that nobody here obeys. */
  private static final Set<String> UNUSED = Set.of("notieragent", "pglog_hardlimit");

  private MapFlags() {}

  static List<String> names(int flags) {
    List<String> names = new ArrayList<>();
    ALL.forEach(
        (name, bit) -> {
          if ((flags & bit) != 0) {
            names.add(name);
          }
        });
    return names;
  }

  /**
   * The bits of a flag that a user may set.
   *
   * @throws CommandException EOPNOTSUPP for one that nobody here would obey, EINVAL for no flag
   */
  static int settable(String name) {
    if (name.equals("pause")) {
      return OsdMap.PAUSERD | OsdMap.PAUSEWR;
    }
    int bit = ALL.getOrDefault(name, 0) & SETTABLE;
    if (bit == 0 && !UNUSED.contains(name)) {
      throw new CommandException(Errno.EINVAL, "unrecognized flag '" + name + "'");
    }
    if (bit == 0) {
      throw new CommandException(
          Errno.EOPNOTSUPP, "flag '" + name + "' is not supported: nothing here would obey it");
    }
    return bit;
  }
}
