package io.sluice.monitor;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.sluice.protocol.CrushView;
import io.sluice.protocol.OsdEntry;
import io.sluice.protocol.OsdMap;
import io.sluice.protocol.PgEntry;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Predicate;

/** {@code osd tree, df}: the OSDs in their places, and how full they are. */
final class OsdTreeCommands {
  /** One line of a tree: a bucket, or an OSD below it. */
  private record Line(int depth, CrushView.Bucket bucket, int osd, double weight) {
    boolean isOsd() {
      return bucket == null;
    }
  }

  private OsdTreeCommands() {}

  static List<Commands.Command> all() {
    return List.of(
        Commands.Command.read(
            "osd tree epoch:CephInt?,range=0 states:CephChoices?,strings=up|down|in|out,n=N",
            "print OSD tree",
            OsdTreeCommands::tree),
        Commands.Command.read(
            "osd df output_method:CephChoices?,strings=plain|tree",
            "show OSD utilization",
            OsdTreeCommands::df));
  }

  private static List<Line> lines(CrushView view) {
    List<Line> lines = new ArrayList<>();
    view.roots().forEach(root -> add(view, root, 0, lines));
    return lines;
  }

  private static void add(CrushView view, CrushView.Bucket bucket, int depth, List<Line> to) {
    to.add(new Line(depth, bucket, -1, OsdMapCommands.share(bucket.weight())));
    for (int i = 0; i < bucket.children().size(); i++) {
      int child = bucket.children().get(i);
      if (child >= 0) {
        to.add(new Line(depth + 1, null, child, OsdMapCommands.share(bucket.weights().get(i))));
      } else {
        view.buckets().stream()
            .filter(each -> each.id() == child)
            .forEach(each -> add(view, each, depth + 1, to));
      }
    }
  }

  private static Predicate<OsdEntry> wanted(CommandCall call) {
    List<String> states = call.has("states") ? call.texts("states") : List.of();
    return osd ->
        states.stream()
            .allMatch(
                state ->
                    switch (state) {
                      case "up" -> osd.isUp();
                      case "down" -> !osd.isUp();
                      case "in" -> osd.isIn();
                      default -> !osd.isIn();
                    });
  }

  private static CommandReply tree(CommandCall call) {
    OsdMap map = call.state().osdMap();
    CrushView view = new CrushView(map.crush());
    Predicate<OsdEntry> wanted = wanted(call);
    ObjectNode tree = CommandCall.object();
    ArrayNode nodes = tree.putArray("nodes");
    TextTable table = new TextTable().right("ID").left("CLASS").right("WEIGHT").left("TYPE NAME");
    table.right("STATUS").right("REWEIGHT").right("PRI-AFF");
    for (Line line : lines(view)) {
      if (!line.isOsd()) {
        bucket(nodes.addObject(), line);
        table.row(
            line.bucket().id(), "", Units.weight(line.weight()), name(view, line), "", "", "");
      } else if (wanted.test(map.osd(line.osd()))) {
        leaf(nodes.addObject(), view, map, line);
        OsdEntry entry = map.osd(line.osd());
        table.row(
            line.osd(),
            view.deviceClass(line.osd()),
            Units.weight(line.weight()),
            name(view, line),
            entry.isUp() ? "up" : "down",
            Units.weight(OsdMapCommands.share(entry.weight())),
            Units.weight(OsdMapCommands.share(entry.primaryAffinity())));
      }
    }
    tree.putArray("stray");
    return call.wantsJson() ? call.json(tree) : CommandReply.output(table.toString());
  }

  private static String name(CrushView view, Line line) {
    String indent = "    ".repeat(line.depth());
    return line.isOsd()
        ? indent + view.name(line.osd())
        : indent + line.bucket().type() + " " + line.bucket().name();
  }

  private static void bucket(ObjectNode node, Line line) {
    CrushView.Bucket bucket = line.bucket();
    node.put("id", bucket.id()).put("name", bucket.name()).put("type", bucket.type());
    node.put("type_id", bucket.typeId());
    if (line.depth() > 0) {
      node.putObject("pool_weights");
    }
    bucket.children().forEach(node.putArray("children")::add);
  }

  private static void leaf(ObjectNode node, CrushView view, OsdMap map, Line line) {
    OsdEntry entry = map.osd(line.osd());
    place(node, view, line);
    node.put("exists", 1).put("status", entry.isUp() ? "up" : "down");
    node.put("reweight", OsdMapCommands.share(entry.weight()));
    node.put("primary_affinity", OsdMapCommands.share(entry.primaryAffinity()));
  }

  private static void place(ObjectNode node, CrushView view, Line line) {
    node.put("id", line.osd()).put("device_class", view.deviceClass(line.osd()));
    node.put("name", view.name(line.osd())).put("type", "osd").put("type_id", 0);
    node.put("crush_weight", line.weight()).put("depth", line.depth()).putObject("pool_weights");
  }

  private static CommandReply df(CommandCall call) {
    MonState state = call.state();
    Map<Integer, Integer> groups = new TreeMap<>();
    for (PgEntry entry : state.pgs().entries()) {
      entry.acting().forEach(osd -> groups.merge(osd, 1, Integer::sum));
    }
    CrushView view = new CrushView(state.osdMap().crush());
    boolean whole = call.text("output_method", "plain").equals("tree");
    ObjectNode node = CommandCall.object();
    ArrayNode nodes = node.putArray("nodes");
    TextTable table = new TextTable().right("ID").left("CLASS").right("WEIGHT").right("REWEIGHT");
    table.right("SIZE").right("PGS").left("STATUS").left("TYPE NAME");
    for (Line line : lines(view)) {
      if (line.isOsd()) {
        dfLeaf(nodes.addObject(), view, state, line, groups.getOrDefault(line.osd(), 0));
        row(table, view, state, line, groups.getOrDefault(line.osd(), 0));
      } else if (whole) {
        ObjectNode one = nodes.addObject();
        one.setAll(Layouts.object("df_node"));
        bucket(one, line);
        table.row(
            line.bucket().id(), "", Units.weight(line.weight()), "", "", "", "", name(view, line));
      }
    }
    node.putArray("stray");
    long kb = StatusCommands.totalBytes(state) / 1024;
    node.set("summary", Layouts.object("df_summary").put("total_kb", kb).put("total_kb_avail", kb));
    return call.wantsJson() ? call.json(node) : CommandReply.output(table.toString());
  }

  private static void dfLeaf(
      ObjectNode node, CrushView view, MonState state, Line line, int groups) {
    node.setAll(Layouts.object("df_node"));
    place(node, view, line);
    OsdEntry entry = state.osdMap().osd(line.osd());
    MonState.OsdFacts facts = state.osds().get(line.osd());
    long kb = facts == null ? 0 : facts.totalBytes() / 1024;
    node.put("reweight", OsdMapCommands.share(entry.weight())).put("kb", kb).put("kb_avail", kb);
    node.put("pgs", groups).put("status", entry.isUp() ? "up" : "down");
  }

  private static void row(TextTable table, CrushView view, MonState state, Line line, int groups) {
    OsdEntry entry = state.osdMap().osd(line.osd());
    MonState.OsdFacts facts = state.osds().get(line.osd());
    table.row(
        line.osd(),
        view.deviceClass(line.osd()),
        Units.weight(line.weight()),
        Units.weight(OsdMapCommands.share(entry.weight())),
        Units.bytes(facts == null ? 0 : facts.totalBytes()),
        groups,
        entry.isUp() ? "up" : "down",
        name(view, line));
  }
}
