package io.sluice.monitor;

import io.sluice.protocol.Errno;
import io.sluice.protocol.OsdMap;
import io.sluice.types.PgId;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;

/**
 * {@code osd pg-upmap, pg-upmap-items, rm-pg-upmap ...} and {@code osd set-full-ratio ...}: where
 * groups are put by hand, and when stores are full.
 */
final class UpmapCommands {
  private UpmapCommands() {}

  static List<Commands.Command> all() {
    List<Commands.Command> all = new ArrayList<>();
    all.add(
        Commands.Command.write(
            "osd pg-upmap pgid:CephPgid id:CephOsdName,n=N",
            "set pg_upmap mapping <pgid>:[<id> [<id>...]]",
            UpmapCommands::upmap));
    all.add(
        Commands.Command.write(
            "osd pg-upmap-items pgid:CephPgid id:CephOsdName,n=N",
            "set pg_upmap_items mapping <pgid>:{<id> to <id>, [...]}",
            UpmapCommands::items));
    all.add(
        Commands.Command.write(
            "osd rm-pg-upmap pgid:CephPgid",
            "clear pg_upmap mapping for <pgid>",
            call -> clear(call, MapEdit.UPMAP, "pg_upmap")));
    all.add(
        Commands.Command.write(
            "osd rm-pg-upmap-items pgid:CephPgid",
            "clear pg_upmap_items mapping for <pgid>",
            call -> clear(call, MapEdit.UPMAP_ITEMS, "pg_upmap_items")));
    for (String which : List.of("full", "backfillfull", "nearfull")) {
      all.add(
          Commands.Command.write(
              "osd set-" + which + "-ratio ratio:CephFloat,range=0.0|1.0",
              "set usage ratio at which OSDs are marked " + which,
              call -> ratio(call, which)));
    }
    return all;
  }

  private static String group(CommandCall call) {
    PgId pg;
    try {
      pg = PgId.parse(call.text("pgid"));
    } catch (IllegalArgumentException e) {
      throw new CommandException(Errno.EINVAL, "invalid pgid '" + call.text("pgid") + "'");
    }
    if (call.state().pgs().entry(pg) == null) {
      throw new CommandException(Errno.ENOENT, "pg " + pg + " does not exist");
    }
    return pg.toString();
  }

  private static List<Integer> osds(CommandCall call) {
    List<Integer> osds = new ArrayList<>();
    for (String name : call.texts("id")) {
      osds.add(OsdInfoCommands.known(call, "id", name));
    }
    return osds;
  }

  private static String list(List<Integer> osds) {
    return osds.stream().map(String::valueOf).collect(Collectors.joining(","));
  }

  private static CompletableFuture<CommandReply> upmap(CommandCall call) {
    String pg = group(call);
    List<Integer> osds = new ArrayList<>();
    StringBuilder text = new StringBuilder();
    for (int osd : osds(call)) {
      if (osds.contains(osd)) {
        text.append("osd.").append(osd).append(" already exists, ");
      } else {
        osds.add(osd);
      }
    }
    text.append("set ").append(pg).append(" pg_upmap mapping to [").append(list(osds)).append(']');
    return OsdSetCommands.edit(call, MapEdit.UPMAP, pg, list(osds), text.toString());
  }

  private static CompletableFuture<CommandReply> items(CommandCall call) {
    String pg = group(call);
    if (call.texts("id").size() % 2 != 0) {
      throw new CommandException(Errno.EINVAL, "you must specify pairs of osd ids to be remapped");
    }
    List<Integer> osds = osds(call);
    List<Integer> pairs = new ArrayList<>();
    TreeSet<Integer> from = new TreeSet<>();
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < osds.size(); i += 2) {
      if (osds.get(i).equals(osds.get(i + 1))) {
        text.append("from osd.").append(osds.get(i)).append(" == to osd.").append(osds.get(i));
        text.append(", ");
      } else if (!from.add(osds.get(i))) {
        text.append("osd.").append(osds.get(i)).append(" is already remapped, ");
      } else {
        pairs.addAll(osds.subList(i, i + 2));
      }
    }
    if (pairs.isEmpty()) {
      text.append("no valid upmap items(pairs) is specified");
      throw new CommandException(Errno.EINVAL, text.toString());
    }
    text.append("set ").append(pg).append(" pg_upmap_items mapping to [");
    for (int i = 0; i < pairs.size(); i += 2) {
      text.append(i == 0 ? "" : ",").append(pairs.get(i)).append("->").append(pairs.get(i + 1));
    }
    return OsdSetCommands.edit(
        call, MapEdit.UPMAP_ITEMS, pg, list(pairs), text.append(']').toString());
  }

  private static CompletableFuture<CommandReply> clear(
      CommandCall call, MapEdit edit, String what) {
    String pg = group(call);
    OsdMap map = call.state().osdMap();
    String done = "clear " + pg + " " + what + " mapping";
    boolean there =
        (edit == MapEdit.UPMAP ? map.upmaps() : map.upmapItems()).containsKey(PgId.parse(pg));
    return there
        ? OsdSetCommands.edit(call, edit, pg, "", done)
        : CompletableFuture.completedFuture(CommandReply.done(done));
  }

  private static CompletableFuture<CommandReply> ratio(CommandCall call, String which) {
    String typed = call.text("ratio");
    String text = typed + " not in range [0.0, 1.0]";
    float ratio =
        (float) call.share("ratio").orElseThrow(() -> new CommandException(Errno.EINVAL, text));
    String done = "osd set-" + which + "-ratio " + typed;
    return OsdSetCommands.edit(call, MapEdit.FULL_RATIO, which, Float.toString(ratio), done);
  }
}
