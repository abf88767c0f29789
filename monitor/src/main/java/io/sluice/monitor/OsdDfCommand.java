package io.sluice.monitor;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.sluice.protocol.CrushView;
import io.sluice.protocol.OsdEntry;
import io.sluice.protocol.PgEntry;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * {@code osd df}: how full each OSD is, by what it said of its store last; an OSD without any
 * weight or space counts for nothing in the average.
 */
final class OsdDfCommand {
  /** Bytes below a line of the tree. */
  private record Fill(long total, long used) {
    static final Fill NONE = new Fill(0, 0);

    Fill plus(Fill other) {
      return new Fill(total + other.total, used + other.used);
    }

    double percent() {
      return total == 0 ? 0 : 100.0 * used / total;
    }
  }

  private final CommandCall call;
  private final CrushView view;
  private final Map<Integer, Integer> groups = new HashMap<>();
  private final List<Double> spread = new ArrayList<>();
  private Fill all = Fill.NONE;

  private OsdDfCommand(CommandCall call) {
    this.call = call;
    this.view = new CrushView(call.state().osdMap().crush());
    for (PgEntry entry : call.state().pgs().entries()) {
      entry.acting().forEach(osd -> groups.merge(osd, 1, Integer::sum));
    }
  }

  static List<Commands.Command> all() {
    return List.of(
        Commands.Command.read(
            "osd df output_method:CephChoices?,strings=plain|tree",
            "show OSD utilization",
            call -> new OsdDfCommand(call).answer()));
  }

  private CommandReply answer() {
    List<OsdTree.Line> lines = OsdTree.lines(view);
    List<OsdTree.Line> osds = lines.stream().filter(OsdTree.Line::isOsd).toList();
    osds.forEach(line -> all = all.plus(fill(line.osd())));
    boolean whole = call.text("output_method", "plain").equals("tree");
    ObjectNode node = CommandCall.object();
    ArrayNode nodes = node.putArray("nodes");
    TextTable table = table(whole);
    for (OsdTree.Line line : whole ? lines : osds) {
      Fill fill = line.isOsd() ? fill(line.osd()) : below(line.bucket());
      node(nodes.addObject(), line, fill);
      table.row(row(line, fill, whole));
    }
    node.putArray("stray");
    ObjectNode summary = Layouts.object("df_summary");
    kilobytes(summary, "total_", all);
    summary.put("average_utilization", all.percent());
    summary.put("min_var", least()).put("max_var", most()).put("dev", deviation());
    node.set("summary", summary);
    String dev = decimal(deviation());
    String last = "MIN/MAX VAR: " + decimal(least()) + "/" + decimal(most());
    table.row(total(whole));
    return call.wantsJson()
        ? call.json(node)
        : CommandReply.output(table + last + "  STDDEV: " + dev + "\n");
  }

  private Fill fill(int osd) {
    MonState.OsdFacts facts = call.state().osds().get(osd);
    OsdReports reports = call.context().reports();
    return facts == null
        ? Fill.NONE
        : new Fill(reports.totalBytes(osd, facts), reports.usedBytes(osd));
  }

  private Fill below(CrushView.Bucket bucket) {
    Fill sum = Fill.NONE;
    for (int child : bucket.children()) {
      sum =
          child >= 0
              ? sum.plus(fill(child))
              : view.buckets().stream()
                  .filter(each -> each.id() == child)
                  .map(this::below)
                  .reduce(sum, Fill::plus);
    }
    return sum;
  }

  /** How much fuller than the average. */
  private double variation(Fill fill) {
    return all.percent() == 0 ? 1 : fill.percent() / all.percent();
  }

  private void node(ObjectNode node, OsdTree.Line line, Fill fill) {
    node.setAll(Layouts.object("df_node"));
    if (line.isOsd()) {
      OsdTree.place(node, view, line);
      OsdEntry entry = call.state().osdMap().osd(line.osd());
      node.put("reweight", OsdMapCommands.share(entry.weight()));
      node.put("pgs", groups.getOrDefault(line.osd(), 0));
      node.put("status", entry.isUp() ? "up" : "down");
      spread.add(variation(fill));
    } else {
      OsdTree.bucket(node, view, line);
    }
    kilobytes(node, "", fill);
    node.put("utilization", fill.percent()).put("var", variation(fill));
  }

  private static void kilobytes(ObjectNode node, String prefix, Fill fill) {
    node.put(prefix + "kb", fill.total() / 1024).put(prefix + "kb_used", fill.used() / 1024);
    node.put(prefix + "kb_used_data", fill.used() / 1024);
    node.put(prefix + "kb_avail", (fill.total() - fill.used()) / 1024);
  }

  private static TextTable table(boolean whole) {
    TextTable table = new TextTable().right("ID").left("CLASS").under("WEIGHT").under("REWEIGHT");
    table.under("SIZE").under("RAW USE").under("DATA").under("OMAP").under("META").under("AVAIL");
    table.under("%USE").under("VAR").under("PGS").under("STATUS");
    return whole ? table.left("TYPE NAME") : table;
  }

  private Object[] row(OsdTree.Line line, Fill fill, boolean whole) {
    List<Object> cells = new ArrayList<>();
    OsdEntry entry = line.isOsd() ? call.state().osdMap().osd(line.osd()) : null;
    cells.add(line.isOsd() ? line.osd() : line.bucket().id());
    cells.add(line.isOsd() ? view.deviceClass(line.osd()) : "");
    cells.add(Units.weight(line.weight()));
    cells.add(entry == null ? "-" : Units.weight(OsdMapCommands.share(entry.weight())));
    bytes(cells, fill);
    cells.add(entry == null ? "-" : groups.getOrDefault(line.osd(), 0));
    cells.add(entry == null ? "" : entry.isUp() ? "up" : "down");
    if (whole) {
      cells.add(OsdTree.name(view, line));
    }
    return cells.toArray();
  }

  /** What omap and metadata take is not told apart from the rest. */
  private void bytes(List<Object> cells, Fill fill) {
    cells.add(Units.bytes(fill.total()));
    cells.add(Units.bytes(fill.used()));
    cells.add(Units.bytes(fill.used()));
    cells.add("0 B");
    cells.add("0 B");
    cells.add(Units.bytes(fill.total() - fill.used()));
    cells.add(decimal(fill.percent()));
    cells.add(decimal(variation(fill)));
  }

  private Object[] total(boolean whole) {
    List<Object> cells = new ArrayList<>(List.of("", "", "", "TOTAL"));
    bytes(cells, all);
    cells.set(cells.size() - 1, "");
    cells.addAll(whole ? List.of("", "", "") : List.of("", ""));
    return cells.toArray();
  }

  private double least() {
    return spread.stream().mapToDouble(each -> each).min().orElse(0);
  }

  private double most() {
    return spread.stream().mapToDouble(each -> each).max().orElse(0);
  }

  /** Of the percentages, as Ceph has it. */
  private double deviation() {
    double average = all.percent();
    return Math.sqrt(
        spread.stream()
            .mapToDouble(each -> Math.pow(each * average - average, 2))
            .average()
            .orElse(0));
  }

  private static String decimal(double value) {
    return String.format(Locale.ROOT, "%.2f", value);
  }
}
