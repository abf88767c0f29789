package io.sluice.monitor;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.sluice.protocol.CrushView;
import io.sluice.protocol.Errno;
import io.sluice.protocol.OsdEntry;
import io.sluice.protocol.OsdMap;
import java.util.List;
import java.util.function.Predicate;

/** {@code osd tree}: the OSDs in their places. */
final class OsdTreeCommands {
  private OsdTreeCommands() {}

  static List<Commands.Command> all() {
    return List.of(
        Commands.Command.read(
            "osd tree epoch:CephInt?,range=0 states:CephChoices?,strings=up|down|in|out,n=N",
            "print OSD tree",
            OsdTreeCommands::tree),
        Commands.Command.read(
            "osd tree-from bucket:CephString states:CephChoices?,strings=up|down|in|out,n=N",
            "print OSD tree in bucket",
            OsdTreeCommands::tree),
        Commands.Command.read(
            "osd ls-tree name:CephString",
            "show OSD ids under bucket <name> in the CRUSH map",
            OsdTreeCommands::idsBelow));
  }

  private static List<OsdTree.Line> below(CrushView view, String name) {
    return view.bucket(name)
        .map(bucket -> OsdTree.lines(view, bucket))
        .orElseThrow(
            () -> new CommandException(Errno.ENOENT, "bucket '" + name + "' does not exist"));
  }

  private static CommandReply idsBelow(CommandCall call) {
    CrushView view = new CrushView(call.state().osdMap().crush());
    ArrayNode array = CommandCall.JSON.createArrayNode();
    StringBuilder text = new StringBuilder();
    below(view, call.text("name")).stream()
        .filter(OsdTree.Line::isOsd)
        .mapToInt(OsdTree.Line::osd)
        .sorted()
        .forEach(
            osd -> {
              array.add(osd);
              text.append(osd).append('\n');
            });
    return call.wantsJson() ? call.json(array) : CommandReply.output(text.toString());
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
    TextTable table = new TextTable().right("ID").left("CLASS").under("WEIGHT").left("TYPE NAME");
    table.under("STATUS").under("REWEIGHT").under("PRI-AFF");
    List<OsdTree.Line> lines =
        call.has("bucket") ? below(view, call.text("bucket")) : OsdTree.lines(view);
    for (OsdTree.Line line : lines) {
      if (!line.isOsd()) {
        OsdTree.bucket(nodes.addObject(), view, line);
        table.row(
            line.bucket().id(),
            "",
            Units.weight(line.weight()),
            OsdTree.name(view, line),
            "",
            "",
            "");
      } else if (wanted.test(map.osd(line.osd()))) {
        leaf(nodes.addObject(), view, map, line);
        OsdEntry entry = map.osd(line.osd());
        table.row(
            line.osd(),
            view.deviceClass(line.osd()),
            Units.weight(line.weight()),
            OsdTree.name(view, line),
            entry.isUp() ? "up" : "down",
            Units.weight(OsdMapCommands.share(entry.weight())),
            Units.weight(OsdMapCommands.share(entry.primaryAffinity())));
      }
    }
    tree.putArray("stray");
    return call.wantsJson() ? call.json(tree) : CommandReply.output(table.toString());
  }

  private static void leaf(ObjectNode node, CrushView view, OsdMap map, OsdTree.Line line) {
    OsdEntry entry = map.osd(line.osd());
    OsdTree.place(node, view, line);
    node.put("exists", 1).put("status", entry.isUp() ? "up" : "down");
    node.put("reweight", OsdMapCommands.share(entry.weight()));
    node.put("primary_affinity", OsdMapCommands.share(entry.primaryAffinity()));
  }
}
