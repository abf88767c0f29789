package io.sluice.monitor;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.sluice.protocol.MLog;
import io.sluice.protocol.OsdEntry;
import io.sluice.protocol.OsdMap;
import java.util.List;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.function.IntFunction;

/** {@code osd stat, ls, down, out, in}: the OSDs and what to do with them. */
final class OsdCommands {
  private OsdCommands() {}

  static List<Commands.Command> all() {
    return List.of(
        Commands.Command.read("osd stat", "print summary of OSD map", OsdCommands::stat),
        Commands.Command.read("osd ls", "show all OSD ids", OsdCommands::list),
        Commands.Command.write(
            "osd down ids:CephString,n=N definitely_dead:CephBool?",
            "set osd(s) <id> [<id>...] down",
            call -> each(call, osd -> down(call, osd))),
        Commands.Command.write(
            "osd out ids:CephString,n=N",
            "set osd(s) <id> [<id>...] out",
            call -> each(call, osd -> out(call, osd))),
        Commands.Command.write(
            "osd rm ids:CephString,n=N",
            "remove osd(s) <id> [<id>...], or use <any|all> to remove all osds",
            OsdCommands::remove),
        Commands.Command.write(
            "osd in ids:CephString,n=N",
            "set osd(s) <id> [<id>...] in",
            call ->
                each(
                    call,
                    osd -> new Change.Reweight(osd, OsdEntry.IN, false, call.context().now()))));
  }

  private static Change out(CommandCall call, int osd) {
    if (call.state().osdMap().isUp(osd) && call.state().osdMap().isIn(osd)) {
      String text = "Client " + call.from().entity() + " marked osd." + osd;
      call.context()
          .log()
          .add(MLog.Entry.INFO, MLog.Entry.CLUSTER, text + " out, while it was still marked up");
    }
    return new Change.Reweight(osd, 0, false, call.context().now());
  }

  private static CompletableFuture<CommandReply> remove(CommandCall call) {
    return each(
        call,
        osd ->
            new Change.EditMap(
                MapEdit.REMOVE_OSD, Integer.toString(osd), "", call.context().now()));
  }

  private static Change down(CommandCall call, int osd) {
    return new Change.MarkDown(osd, call.state().osdMap().addr(osd).nonce(), call.context().now());
  }

  /**
   * Proposes a change for each OSD named ("3", "osd.3", "all"), one after the other; the first
   * refusal is the answer.
   */
  private static CompletableFuture<CommandReply> each(
      CommandCall call, IntFunction<Change> change) {
    CompletableFuture<CommandReply> all = CompletableFuture.completedFuture(CommandReply.done(""));
    for (int osd : ids(call)) {
      if (!call.state().osdMap().exists(osd)) { // as Ceph: said, and no failure
        all =
            all.thenApply(
                before -> CommandReply.done(before.text() + "osd." + osd + " does not exist. "));
        continue;
      }
      all =
          all.thenCompose(
              before ->
                  before.result() != 0
                      ? CompletableFuture.completedFuture(before)
                      : call.context()
                          .propose(change.apply(osd))
                          .thenApply(outcome -> joined(before, outcome)));
    }
    return all;
  }

  private static CommandReply joined(CommandReply before, Outcome outcome) {
    return outcome.ok()
        ? CommandReply.done(before.text() + outcome.text())
        : CommandReply.of(outcome);
  }

  private static TreeSet<Integer> ids(CommandCall call) {
    OsdMap map = call.state().osdMap();
    TreeSet<Integer> ids = new TreeSet<>();
    for (String name : call.texts("ids")) {
      if (name.equals("all") || name.equals("any") || name.equals("*")) {
        for (int osd = 0; osd < map.maxOsd(); osd++) {
          if (map.exists(osd)) {
            ids.add(osd);
          }
        }
      } else {
        ids.add(OsdInfoCommands.number(call, "osd id", name));
      }
    }
    return ids;
  }

  private static CommandReply stat(CommandCall call) {
    StatusCommands.OsdCounts counts = StatusCommands.OsdCounts.of(call.state().osdMap());
    if (call.wantsJson()) {
      ObjectNode node = CommandCall.object().put("epoch", call.state().epoch());
      StatusCommands.putSince(node.put("num_remapped_pgs", 0), call.state().osdMap());
      node.put("num_osds", counts.total())
          .put("num_up_osds", counts.up())
          .put("num_in_osds", counts.in());
      return call.json(node);
    }
    return CommandReply.output(
        StatusCommands.osds(call) + "; epoch: e" + call.state().epoch() + "\n");
  }

  private static CommandReply list(CommandCall call) {
    ArrayNode array = CommandCall.JSON.createArrayNode();
    StringBuilder text = new StringBuilder();
    OsdMap map = call.state().osdMap();
    for (int osd = 0; osd < map.maxOsd(); osd++) {
      if (map.exists(osd)) {
        array.add(osd);
        text.append(osd).append('\n');
      }
    }
    return call.wantsJson() ? call.json(array) : CommandReply.output(text.toString());
  }
}
