package io.sluice.monitor;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.sluice.protocol.CrushTunables;
import io.sluice.protocol.CrushView;
import io.sluice.protocol.Errno;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;

/**
 * Commands that ask for what is so anyway, or about what is not there: answered as Ceph answers
 * them then. What goes beyond is refused.
 */
final class SettledCommands {
  private static final String NO_KEYS = "no installed auth entries!";

  /** Names of what the tunables are. */
  private static final Set<String> JEWEL = Set.of("optimal", "default", "jewel");

  private SettledCommands() {}

  static List<Commands.Command> all() {
    return List.of(
        settled(
            "osd crush tunables"
                + " profile:CephChoices,strings=legacy|argonaut|bobtail|firefly|hammer|jewel|optimal|default",
            "set crush tunables values to <profile>",
            SettledCommands::tunables),
        settled(
            "osd require-osd-release"
                + " release:CephChoices,strings=luminous|mimic|nautilus|octopus|pacific"
                + " yes_i_really_mean_it:CephBool?",
            "set the minimum allowed OSD release to participate in the cluster",
            SettledCommands::release),
        settled("mon enable-msgr2", "enable the msgr2 protocol on port 3300", call -> nothing("")),
        settled(
            "osd lost id:CephOsdName yes_i_really_mean_it:CephBool?",
            "mark osd as permanently lost",
            SettledCommands::lost),
        settled(
            "osd tier add pool:CephPoolname tierpool:CephPoolname",
            "add the tier <tierpool> (the second one) to base pool <pool>",
            call -> {
              pool(call, "pool", "unrecognized pool '%s'");
              pool(call, "tierpool", "unrecognized pool '%s'");
              throw new CommandException(Errno.EOPNOTSUPP, "there are no cache tiers");
            }),
        settled(
            "fs new fs_name:CephString metadata:CephString data:CephString",
            "make new filesystem using named pools <metadata> and <data>",
            call -> {
              pool(call, "metadata", "pool '%s' does not exist");
              pool(call, "data", "pool '%s' does not exist");
              throw new CommandException(Errno.EOPNOTSUPP, "there is no CephFS");
            }),
        settled(
            "mds fail role_or_gid:CephString",
            "Mark MDS failed",
            call ->
                nothing(
                    "MDS named '"
                        + call.text("role_or_gid")
                        + "' does not exist, is not up or you lack the permission to see.")),
        Commands.Command.read(
            "pg debug debugop:CephChoices,strings=unfound_objects_exist|degraded_pgs_exist",
            "show debug info about pgs",
            SettledCommands::debug),
        Commands.Command.read("auth ls", "list authentication state", SettledCommands::keys),
        Commands.Command.read("auth list", "list authentication state", SettledCommands::keys),
        Commands.Command.read(
            "auth export entity:CephString?",
            "write keyring for requested entity, or master keyring if none given",
            SettledCommands::export));
  }

  private static Commands.Command settled(
      String signature, String help, Function<CommandCall, CommandReply> answer) {
    return Commands.Command.write(
        signature, help, call -> CompletableFuture.completedFuture(answer.apply(call)));
  }

  private static CommandReply nothing(String status) {
    return CommandReply.done(status);
  }

  private static CommandReply tunables(CommandCall call) {
    String profile = call.text("profile");
    CrushView view = new CrushView(call.state().osdMap().crush());
    if (!JEWEL.contains(profile) || !view.tunables().equals(CrushTunables.JEWEL)) {
      throw new CommandException(
          Errno.EOPNOTSUPP, "tunables are those of Ceph's optimal profile, jewel, and stay so");
    }
    return nothing("adjusted tunables profile to " + profile);
  }

  private static CommandReply release(CommandCall call) {
    if (!call.text("release").equals("pacific")) {
      throw new CommandException(
          Errno.EPERM, "require_osd_release cannot be lowered once it has been set");
    }
    return nothing("");
  }

  private static CommandReply lost(CommandCall call) {
    if (!call.flag("yes_i_really_mean_it")) {
      throw new CommandException(
          Errno.EPERM,
          "are you SURE?  this might mean real, permanent data loss.  pass --yes-i-really-mean-it"
              + " if you really do.");
    }
    int osd = OsdInfoCommands.known(call, "id", call.text("id"));
    if (call.state().osdMap().isUp(osd)) {
      throw new CommandException(Errno.EBUSY, "osd." + osd + " is not down");
    }
    throw new CommandException(
        Errno.EOPNOTSUPP,
        "a group waits for whoever has what was acknowledged: nothing is given up");
  }

  private static void pool(CommandCall call, String argument, String otherwise) {
    String name = call.text(argument);
    if (call.state().osdMap().findPool(name).isEmpty()) {
      throw new CommandException(Errno.ENOENT, otherwise.formatted(name));
    }
  }

  /** Objects are never unfound: a group that cannot know all of them serves nothing. */
  private static CommandReply debug(CommandCall call) {
    boolean degraded =
        call.text("debugop").equals("degraded_pgs_exist")
            && PgSummary.of(call.state(), call.context().reports()).degraded() > 0;
    byte[] output =
        call.wantsJson()
            ? call.json(CommandCall.object().put("pg_ready", true)).output()
            : new byte[0];
    return new CommandReply(0, degraded ? "TRUE" : "FALSE", output);
  }

  private static CommandReply keys(CommandCall call) {
    ObjectNode none = CommandCall.object();
    return call.wantsJson() ? call.json(none) : nothing(NO_KEYS);
  }

  private static CommandReply export(CommandCall call) {
    if (call.has("entity")) {
      throw new CommandException(Errno.ENOENT, "no key for " + call.text("entity"));
    }
    CommandReply none =
        call.wantsJson() ? call.json(CommandCall.JSON.createArrayNode()) : nothing("");
    return new CommandReply(0, "exported master keyring", none.output());
  }
}
