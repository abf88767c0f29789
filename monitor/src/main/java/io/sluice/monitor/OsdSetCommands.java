package io.sluice.monitor;

import io.sluice.protocol.Errno;
import io.sluice.protocol.OsdEntry;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** {@code osd set, unset, reweight, primary-affinity, blocklist}: knobs of the OSD map. */
final class OsdSetCommands {
  private OsdSetCommands() {}

  static List<Commands.Command> all() {
    return List.of(
        Commands.Command.write(
            "osd set key:CephString yes_i_really_mean_it:CephBool?",
            "set <key>",
            call -> flag(call, true)),
        Commands.Command.write(
            "osd unset key:CephString", "unset <key>", call -> flag(call, false)),
        Commands.Command.write("osd pause", "pause osd", call -> flag(call, "pause", true)),
        Commands.Command.write("osd unpause", "unpause osd", call -> flag(call, "pause", false)),
        Commands.Command.write(
            "osd reweight id:CephOsdName weight:CephFloat,range=0.0|1.0",
            "reweight osd to 0.0 < <weight> < 1.0",
            OsdSetCommands::reweight),
        Commands.Command.write(
            "osd primary-affinity id:CephOsdName weight:CephFloat,range=0.0|1.0",
            "adjust osd primary-affinity from 0.0 <= <weight> <= 1.0",
            OsdSetCommands::affinity),
        Commands.Command.write(
            "osd blocklist add addr:CephString expire:CephFloat?",
            "add <addr> to blocklist",
            OsdSetCommands::noBlocklist),
        Commands.Command.write(
            "osd blocklist rm addr:CephString",
            "remove <addr> from blocklist",
            OsdSetCommands::noBlocklist));
  }

  private static CompletableFuture<CommandReply> noBlocklist(CommandCall call) {
    throw new CommandException(
        Errno.EOPNOTSUPP, "shutting clients out is not supported: no OSD would obey it");
  }

  private static CompletableFuture<CommandReply> flag(CommandCall call, boolean on) {
    return flag(call, call.text("key"), on);
  }

  private static CompletableFuture<CommandReply> flag(CommandCall call, String name, boolean on) {
    int bits = MapFlags.settable(name);
    String done = String.join(",", MapFlags.names(bits)) + (on ? " is set" : " is unset");
    return edit(call, MapEdit.CHANGE_FLAGS, "", MapEdit.bits(bits, on), done);
  }

  static CompletableFuture<CommandReply> edit(
      CommandCall call, MapEdit edit, String name, String value, String done) {
    return call.context()
        .propose(new Change.EditMap(edit, name, value, call.context().now()))
        .thenApply(outcome -> outcome.ok() ? CommandReply.done(done) : CommandReply.of(outcome));
  }

  /** A share of 0 to 1 as 16.16 fixed point. */
  private static int share(CommandCall call) {
    String text = "weight '" + call.text("weight") + "' is not from 0 to 1";
    double share = call.share("weight").orElseThrow(() -> new CommandException(Errno.EINVAL, text));
    return (int) (share * OsdEntry.IN);
  }

  private static CompletableFuture<CommandReply> reweight(CommandCall call) {
    int osd = OsdInfoCommands.known(call, "id");
    int weight = share(call);
    String done =
        "reweighted osd."
            + osd
            + " to "
            + call.text("weight")
            + " ("
            + Integer.toHexString(weight)
            + ")";
    return call.context()
        .propose(new Change.Reweight(osd, weight, false, call.context().now()))
        .thenApply(outcome -> outcome.ok() ? CommandReply.done(done) : CommandReply.of(outcome));
  }

  private static CompletableFuture<CommandReply> affinity(CommandCall call) {
    int osd = OsdInfoCommands.known(call, "id");
    int affinity = share(call);
    String done =
        "set osd."
            + osd
            + " primary-affinity to "
            + call.text("weight")
            + " ("
            + Integer.toHexString(affinity)
            + ")";
    return edit(call, MapEdit.AFFINITY, Integer.toString(osd), Integer.toString(affinity), done);
  }
}
