package io.sluice.monitor;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.sluice.protocol.OsdMap;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** {@code report, osd status}: what other commands say, put together. */
final class ReportCommands {
  /** Keys of the report, and the commands whose answers stand there. */
  private static final Map<String, String> PARTS = new LinkedHashMap<>();

  static {
    PARTS.put("health", "health");
    PARTS.put("monmap", "mon dump");
    PARTS.put("quorum", "quorum_status");
    PARTS.put("osdmap", "osd dump");
    PARTS.put("osd_metadata", "osd metadata");
    PARTS.put("crushmap", "osd crush dump");
    PARTS.put("fsmap", "fs dump");
  }

  private ReportCommands() {}

  /**
   * @param known all other commands, by prefix
   */
  static List<Commands.Command> all(Map<String, Commands.Command> known) {
    return List.of(
        Commands.Command.read(
            "report tags:CephString?,n=N",
            "report full status of cluster, optional title tag strings",
            call -> call.json(report(call, known))),
        Commands.Command.read(
            "osd status bucket:CephString?",
            "Show the status of OSDs within a bucket, or all",
            ReportCommands::osds));
  }

  private static ObjectNode report(CommandCall call, Map<String, Commands.Command> known) {
    ObjectNode report = CommandCall.object();
    report.put("cluster_fingerprint", call.state().fsid().toString());
    report.put("version", ClusterCommands.versionText().split(" ")[2]).put("commit", "");
    report.put("timestamp", Units.time(call.context().now()));
    report.put("tag", call.has("tags") ? String.join(" ", call.texts("tags")) : "");
    PARTS.forEach((key, prefix) -> report.set(key, answer(call, known.get(prefix))));
    JsonNode groups = answer(call, known.get("pg dump")).path("pg_map");
    report.set("poolstats", groups.path("pool_stats"));
    report.set("osd_stats", groups.path("osd_stats"));
    report.put("num_pg", groups.path("pg_stats").size());
    return report;
  }

  private static JsonNode answer(CommandCall call, Commands.Command command) {
    String prefix = command.signature().prefix();
    ObjectNode asked = CommandCall.object().put("prefix", prefix).put("format", "json");
    if (prefix.equals("health")) {
      asked.put("detail", "detail");
    }
    CommandCall part = new CommandCall(asked.toString(), new byte[0], call.context());
    try {
      return CommandCall.JSON.readTree(command.action().apply(part).getNow(null).output());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static CommandReply osds(CommandCall call) {
    OsdMap map = call.state().osdMap();
    OsdReports reports = call.context().reports();
    String bucket = call.text("bucket", "");
    TextTable table = new TextTable().right("ID").left("HOST").right("USED").right("AVAIL");
    table.right("WR OPS").right("WR DATA").right("RD OPS").right("RD DATA").left("STATE");
    for (int osd = 0; osd < map.maxOsd(); osd++) {
      String host = map.crush().hostOf(osd).orElse("");
      boolean shown = bucket.isEmpty() || bucket.equals("default") || bucket.equals(host);
      if (map.exists(osd) && shown) {
        long used = reports.usedBytes(osd);
        long free =
            call.state().osds().containsKey(osd)
                ? reports.totalBytes(osd, call.state().osds().get(osd)) - used
                : 0;
        String state = (map.isIn(osd) ? "" : "autoout,") + "exists" + (map.isUp(osd) ? ",up" : "");
        table.row(osd, host, Units.bytes(used), Units.bytes(free), "-", "-", "-", "-", state);
      }
    }
    return CommandReply.output(table.toString());
  }
}
