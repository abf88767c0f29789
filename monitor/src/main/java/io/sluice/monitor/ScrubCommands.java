package io.sluice.monitor;

import io.sluice.protocol.Errno;
import io.sluice.protocol.OsdMap;
import io.sluice.protocol.PgEntry;
import io.sluice.protocol.PgScrub;
import io.sluice.types.PgId;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** {@code pg, osd, osd pool scrub, deep-scrub, repair}: asks the primaries of groups. */
final class ScrubCommands {
  private ScrubCommands() {}

  static List<Commands.Command> all() {
    List<Commands.Command> all = new ArrayList<>();
    for (String word : List.of("scrub", "deep-scrub", "repair")) {
      boolean deep = !word.equals("scrub");
      boolean repair = word.equals("repair");
      all.add(
          Commands.Command.write(
              "pg " + word + " pgid:CephPgid",
              "start " + word + " on <pgid>",
              call -> ask(call, word, deep, repair)));
      all.add(
          Commands.Command.write(
              "osd " + word + " who:CephString",
              "initiate " + word + " on osd <who>, or use <all|any> to " + word + " all",
              call -> askOsd(call, word, deep, repair)));
      all.add(
          Commands.Command.write(
              "osd pool " + word + " who:CephPoolname,n=N",
              "initiate " + word + " on pool <who>",
              call -> askPools(call, word, deep, repair)));
    }
    return all;
  }

  private static CompletableFuture<CommandReply> askOsd(
      CommandCall call, String word, boolean deep, boolean repair) {
    String who = call.text("who");
    boolean everybody = List.of("all", "any", "*").contains(who);
    int osd = everybody ? -1 : OsdInfoCommands.known(call, "who");
    askAll(call, entry -> everybody || entry.primary() == osd, deep, repair);
    OsdMap map = call.state().osdMap();
    String whom =
        IntStream.range(0, map.maxOsd())
            .filter(each -> everybody ? map.isUp(each) : each == osd)
            .mapToObj(String::valueOf)
            .collect(Collectors.joining(","));
    return CompletableFuture.completedFuture(
        CommandReply.done("instructed osd(s) " + whom + " to " + word));
  }

  private static CompletableFuture<CommandReply> askPools(
      CommandCall call, String word, boolean deep, boolean repair) {
    List<Long> pools = new ArrayList<>();
    for (String name : call.texts("who")) {
      pools.add(
          call.state()
              .osdMap()
              .findPool(name)
              .orElseThrow(
                  () -> new CommandException(Errno.ENOENT, "unrecognized pool '" + name + "'"))
              .id());
    }
    askAll(call, entry -> pools.contains(entry.pg().pool()), deep, repair);
    return CompletableFuture.completedFuture(
        CommandReply.done("pool(s) " + call.texts("who") + " instructed to " + word));
  }

  private static void askAll(
      CommandCall call, Predicate<PgEntry> wanted, boolean deep, boolean repair) {
    if (!call.context().reports().reachesOsds(call.context().isLeader())) {
      throw new CommandException(
          Errno.EAGAIN, "mon." + call.context().name() + " hears of no leader now");
    }
    for (PgEntry entry : call.state().pgs().entries()) {
      if (wanted.test(entry)) {
        call.context().reports().tell(entry.primary(), new PgScrub(entry.pg(), deep, repair));
      }
    }
  }

  private static CompletableFuture<CommandReply> ask(
      CommandCall call, String word, boolean deep, boolean repair) {
    PgId pg = group(call.text("pgid"));
    PgEntry entry = pg == null ? null : call.state().pgs().entry(pg);
    if (entry == null) {
      throw new CommandException(Errno.ENOENT, "pg " + call.text("pgid") + " does not exist");
    }
    int primary = entry.primary();
    if (!call.context().reports().tell(primary, new PgScrub(pg, deep, repair))) {
      throw new CommandException(Errno.EAGAIN, "pg " + pg + " primary osd." + primary + " not up");
    }
    return CompletableFuture.completedFuture(
        CommandReply.done("instructing pg " + pg + " on osd." + primary + " to " + word));
  }

  private static PgId group(String text) {
    String[] parts = text.split("\\.");
    try {
      return parts.length == 2
          ? new PgId(Long.parseLong(parts[0]), Integer.parseUnsignedInt(parts[1], 16))
          : null;
    } catch (NumberFormatException e) {
      return null;
    }
  }
}
