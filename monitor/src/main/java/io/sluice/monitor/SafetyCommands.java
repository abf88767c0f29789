package io.sluice.monitor;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.sluice.protocol.Errno;
import io.sluice.protocol.MonMap;
import io.sluice.protocol.PgEntry;
import java.util.List;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;

/** {@code ok-to-stop, safe-to-destroy ...}: what may go, and {@code osd purge}, which asks that. */
final class SafetyCommands {
  private SafetyCommands() {}

  static List<Commands.Command> all() {
    return List.of(
        Commands.Command.read(
            "osd ok-to-stop ids:CephString,n=N max:CephInt?",
            "check whether osd(s) can be safely stopped without reducing immediate data availability",
            SafetyCommands::okToStop),
        Commands.Command.read(
            "osd safe-to-destroy ids:CephString,n=N",
            "check whether osd(s) can be safely destroyed without reducing data durability",
            SafetyCommands::safeToDestroy),
        Commands.Command.write(
            "osd purge id:CephOsdName force:CephBool? yes_i_really_mean_it:CephBool?",
            "purge all osd data from the monitors including the OSD id and CRUSH position",
            SafetyCommands::purge),
        Commands.Command.write(
            "osd destroy id:CephOsdName force:CephBool? yes_i_really_mean_it:CephBool?",
            "mark osd as being destroyed",
            SafetyCommands::destroy),
        Commands.Command.read(
            "mon ok-to-stop ids:CephString,n=N",
            "check whether mon(s) can be safely stopped without reducing immediate availability",
            SafetyCommands::monOkToStop),
        Commands.Command.read(
            "mon ok-to-rm id:CephString",
            "check whether removing the specified mon would break quorum",
            SafetyCommands::monOkToRemove),
        Commands.Command.read(
            "mon ok-to-add-offline",
            "check whether adding a mon and not starting it would break quorum",
            SafetyCommands::monOkToAdd));
  }

  /** As Ceph of an OSD that is not there. */
  private static CompletableFuture<CommandReply> destroy(CommandCall call) {
    int osd = OsdInfoCommands.number(call, "id", call.text("id"));
    if (call.state().osdMap().exists(osd)) {
      throw new CommandException(
          Errno.EOPNOTSUPP,
          "an OSD's id is not kept without it here: 'osd purge' it, and start it anew with its id");
    }
    return CompletableFuture.completedFuture(CommandReply.done("osd." + osd + " does not exist"));
  }

  /** Ids as typed, or "all"; one that no OSD has is nobody's concern. */
  private static SortedSet<Integer> ids(CommandCall call, String argument) {
    SortedSet<Integer> ids = new TreeSet<>();
    for (String name : call.texts(argument)) {
      if (name.equals("all") || name.equals("any") || name.equals("*")) {
        return StopCheck.everyOsd(call.state().osdMap());
      }
      ids.add(OsdInfoCommands.number(call, argument, name));
    }
    return ids;
  }

  private static String list(Set<?> them) {
    return them.stream().map(String::valueOf).collect(Collectors.joining(","));
  }

  private static CommandReply okToStop(CommandCall call) {
    StopCheck check = StopCheck.of(call.state(), ids(call, "ids"));
    check = check.extended(call.state(), call.number("max", 0));
    CommandReply told = call.jsonForPrograms(check.toJson());
    return check.isOk()
        ? told
        : new CommandReply(
            Errno.EBUSY.result(),
            "unsafe to stop osd(s) at this time ("
                + check.bad()
                + " PGs are or would become offline)",
            told.output());
  }

  /**
   * What stands in the way of taking OSDs away for ever.
   *
   * @param mapped in the up or acting set of a group
   * @param groups how many groups that are, counted for each OSD
   * @param needed in none, but it may have what a group that is not clean needs
   * @param unheard like that, and it has not said whether it stores anything
   */
  private record Ties(
      SortedSet<Integer> mapped,
      int groups,
      SortedSet<Integer> needed,
      SortedSet<Integer> unheard) {
    static Ties of(CommandCall call, Set<Integer> ids) {
      SortedSet<Integer> mapped = new TreeSet<>();
      SortedSet<Integer> needed = new TreeSet<>();
      SortedSet<Integer> unheard = new TreeSet<>();
      PgSummary groupsAre = PgSummary.of(call.state(), call.context().reports());
      boolean clean = groupsAre.counts().getOrDefault("active+clean", 0) == groupsAre.total();
      for (int osd : ids) {
        if (!clean && call.state().osdMap().exists(osd)) {
          boolean heard = call.context().reports().store(osd) != null;
          (heard ? needed : unheard).add(osd);
        }
      }
      int groups = 0;
      for (PgEntry entry : call.state().pgs().entries()) {
        for (int osd : ids) {
          if (entry.acting().contains(osd) || entry.up().contains(osd)) {
            mapped.add(osd);
            groups++;
          } else if (entry.current().contains(osd)) {
            needed.add(osd);
          }
        }
      }
      needed.removeAll(mapped);
      unheard.removeAll(mapped);
      unheard.removeAll(needed);
      return new Ties(mapped, groups, needed, unheard);
    }

    boolean none() {
      return mapped.isEmpty() && needed.isEmpty() && unheard.isEmpty();
    }

    /** Busy for sure, or nobody knows yet. */
    Errno errno() {
      return mapped.isEmpty() && needed.isEmpty() ? Errno.EAGAIN : Errno.EBUSY;
    }

    @Override
    public String toString() {
      String text =
          mapped.isEmpty()
              ? ""
              : "OSD(s) " + list(mapped) + " have " + groups + " pgs currently mapped to them. ";
      if (!unheard.isEmpty()) {
        text +=
            "OSD(s) "
                + list(unheard)
                + " have no reported stats, and not all PGs are active+clean; we cannot draw any"
                + " conclusions. ";
      }
      return needed.isEmpty()
          ? text
          : text
              + "OSD(s) "
              + list(needed)
              + " last reported they still store some PG data, and not all PGs are active+clean;"
              + " we cannot be sure they aren't still needed.";
    }
  }

  private static CommandReply safeToDestroy(CommandCall call) {
    SortedSet<Integer> ids = ids(call, "ids");
    Ties ties = Ties.of(call, ids);
    if (call.wantsJson()) {
      ObjectNode node = CommandCall.object();
      ArrayNode safe = node.putArray("safe_to_destroy");
      ties.mapped().forEach(node.putArray("active")::add);
      ties.unheard().forEach(node.putArray("missing_stats")::add);
      ties.needed().forEach(node.putArray("stored_pgs")::add);
      ids.stream()
          .filter(osd -> !ties.mapped().contains(osd))
          .filter(osd -> !ties.needed().contains(osd) && !ties.unheard().contains(osd))
          .forEach(safe::add);
      return call.json(node);
    }
    if (!ties.none()) {
      throw new CommandException(ties.errno(), ties.toString());
    }
    return CommandReply.done(
        "OSD(s) " + list(ids) + " are safe to destroy without reducing data durability.");
  }

  private static CompletableFuture<CommandReply> purge(CommandCall call) {
    int osd = OsdInfoCommands.number(call, "id", call.text("id"));
    boolean forced = call.flag("force") || call.flag("yes_i_really_mean_it");
    Ties ties = Ties.of(call, Set.of(osd));
    if (!forced && !ties.none()) {
      throw new CommandException(
          ties.errno(),
          ties
              + " You can proceed by passing --force, but be warned that this will likely mean real,"
              + " permanent data loss.");
    }
    if (!call.state().osdMap().exists(osd)) {
      return CompletableFuture.completedFuture(CommandReply.done("osd." + osd + " does not exist"));
    }
    if (call.state().osdMap().isUp(osd)) {
      throw new CommandException(Errno.EBUSY, "osd." + osd + " is not `down`.");
    }
    return OsdSetCommands.edit(
        call, MapEdit.REMOVE_OSD, Integer.toString(osd), "", "purged osd." + osd);
  }

  private static SortedSet<String> quorumWithout(CommandCall call, List<String> names) {
    SortedSet<String> left = new TreeSet<>();
    for (MonMap.Mon mon : call.state().quorum().values()) {
      left.add(mon.name());
    }
    left.removeAll(Set.copyOf(names));
    return left;
  }

  private static CommandReply monOkToStop(CommandCall call) {
    List<String> names = call.texts("ids");
    SortedSet<String> left = quorumWithout(call, names);
    String stopping = names.stream().collect(Collectors.joining(",", "[", "]"));
    if (left.size() < call.state().monMap().mons().size() / 2 + 1) {
      String text = "not enough monitors would be available (" + list(left);
      throw new CommandException(Errno.EBUSY, text + ") after stopping mons " + stopping);
    }
    return CommandReply.done(
        "quorum should be preserved (" + list(left) + ") after stopping " + stopping);
  }

  private static CommandReply monOkToRemove(CommandCall call) {
    String name = call.text("id");
    MonMap map = call.state().monMap();
    if (map.rankOf(name) < 0) {
      return CommandReply.done("mon." + name + " does not exist");
    }
    int needed = (map.mons().size() - 1) / 2 + 1;
    if (map.mons().size() == 1 || quorumWithout(call, List.of(name)).size() < needed) {
      throw new CommandException(Errno.EBUSY, "removing mon." + name + " would break quorum");
    }
    return CommandReply.done("safe to remove mon." + name);
  }

  private static CommandReply monOkToAdd(CommandCall call) {
    int needed = (call.state().monMap().mons().size() + 1) / 2 + 1;
    if (call.state().quorum().size() < needed) {
      throw new CommandException(
          Errno.EBUSY, "adding a monitor may break quorum (until that monitor starts)");
    }
    return CommandReply.done("adding another mon that is not yet online will not break quorum");
  }
}
