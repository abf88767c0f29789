package io.sluice.monitor;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.sluice.protocol.CrushView;
import io.sluice.protocol.OsdMap;
import io.sluice.protocol.PgEntry;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * What stopping some OSDs would do: a group stays available while as many of its acting set as
 * min_size are left.
 *
 * @param good groups that would stay available
 * @param groups those that have one of the OSDs, by what would become of them
 */
record StopCheck(SortedSet<Integer> osds, int good, int bad, Map<String, List<String>> groups) {

  static StopCheck of(MonState state, SortedSet<Integer> osds) {
    Map<String, List<String>> groups = new TreeMap<>();
    int good = 0;
    int bad = 0;
    for (PgEntry entry : state.pgs().entries()) {
      if (entry.acting().stream().noneMatch(osds::contains)) {
        continue;
      }
      long left = entry.acting().stream().filter(osd -> !osds.contains(osd)).count();
      int least = state.osdMap().pool(entry.pg().pool()).minSize();
      boolean whole = entry.acting().size() == state.osdMap().pool(entry.pg().pool()).size();
      boolean ok = left >= least;
      good += ok ? 1 : 0;
      bad += ok ? 0 : 1;
      String kind =
          ok
              ? whole ? "ok_become_degraded" : "ok_become_more_degraded"
              : entry.acting().size() < least ? "bad_already_inactive" : "bad_become_inactive";
      groups.computeIfAbsent(kind, any -> new ArrayList<>()).add(entry.pg().toString());
    }
    return new StopCheck(osds, good, bad, groups);
  }

  boolean isOk() {
    return bad == 0;
  }

  /**
   * The same of more OSDs, up to so many: of those beside the first one in the CRUSH tree, bucket
   * by bucket upwards, until one of a bucket's has to stay. (ceph: ok-to-stop --max)
   */
  StopCheck extended(MonState state, int max) {
    StopCheck most = this;
    CrushView tree = new CrushView(state.osdMap().crush());
    CrushView.Bucket bucket = osds.isEmpty() ? null : parent(tree, osds.first());
    boolean allStop = isOk();
    while (bucket != null && allStop && most.osds.size() < max) {
      for (int osd : below(tree, bucket)) {
        if (most.osds.size() < max && !most.osds.contains(osd) && state.osdMap().isUp(osd)) {
          SortedSet<Integer> more = new TreeSet<>(most.osds);
          more.add(osd);
          StopCheck check = of(state, more);
          allStop &= check.isOk();
          most = check.isOk() ? check : most;
        }
      }
      bucket = parent(tree, bucket.id());
    }
    return most;
  }

  private static CrushView.Bucket parent(CrushView tree, int item) {
    return tree.buckets().stream()
        .filter(each -> each.children().contains(item))
        .findFirst()
        .orElse(null);
  }

  private static SortedSet<Integer> below(CrushView tree, CrushView.Bucket top) {
    SortedSet<Integer> osds = new TreeSet<>();
    for (int child : top.children()) {
      if (child >= 0) {
        osds.add(child);
      } else {
        tree.buckets().stream()
            .filter(each -> each.id() == child)
            .forEach(each -> osds.addAll(below(tree, each)));
      }
    }
    return osds;
  }

  /** Every OSD that there is. */
  static SortedSet<Integer> everyOsd(OsdMap map) {
    SortedSet<Integer> all = new TreeSet<>();
    for (int osd = 0; osd < map.maxOsd(); osd++) {
      if (map.exists(osd)) {
        all.add(osd);
      }
    }
    return all;
  }

  ObjectNode toJson() {
    ObjectNode node = CommandCall.object().put("ok_to_stop", isOk());
    osds.forEach(node.putArray("osds")::add);
    node.put("num_ok_pgs", good).put("num_not_ok_pgs", bad);
    groups.forEach((kind, each) -> each.forEach(node.withArray(kind)::add));
    return node;
  }
}
