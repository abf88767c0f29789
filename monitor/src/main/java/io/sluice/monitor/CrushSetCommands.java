package io.sluice.monitor;

import io.sluice.protocol.CrushMap;
import io.sluice.protocol.CrushTree;
import io.sluice.protocol.CrushView;
import io.sluice.protocol.Errno;
import io.sluice.protocol.OsdEntry;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;

/** {@code osd crush reweight, add-bucket, move, rm ..., osd setcrushmap}: where data should go. */
final class CrushSetCommands {
  private static final double WEIGHT_MAX = 32_000;

  private CrushSetCommands() {}

  static List<Commands.Command> all() {
    String place = " id:CephOsdName weight:CephFloat,range=0.0 args:CephString,n=N";
    return List.of(
        Commands.Command.write(
            "osd crush reweight name:CephString weight:CephFloat,range=0.0",
            "change <name>'s weight to <weight> in crush map",
            CrushSetCommands::reweight),
        Commands.Command.write(
            "osd crush add-bucket name:CephString type:CephString args:CephString?,n=N",
            "add no-parent (probably root) crush bucket <name> of type <type> to location <args>",
            CrushSetCommands::addBucket),
        Commands.Command.write(
            "osd crush move name:CephString args:CephString,n=N",
            "move existing entry for <name> to location <args>",
            CrushSetCommands::move),
        Commands.Command.write(
            "osd crush set" + place,
            "update crushmap position and weight for <name> to <weight> with location <args>",
            CrushSetCommands::place),
        Commands.Command.write(
            "osd crush add" + place,
            "add or update crushmap position and weight for <name> with <weight> and location <args>",
            CrushSetCommands::place),
        Commands.Command.write(
            "osd crush create-or-move" + place,
            "create entry or move existing entry for <name> <weight> at/to location <args>",
            CrushSetCommands::createOrMove),
        Commands.Command.write(
            "osd crush rename-bucket srcname:CephString dstname:CephString",
            "rename bucket <srcname> to <dstname>",
            CrushSetCommands::rename),
        Commands.Command.write(
            "osd crush rm name:CephString ancestor:CephString?",
            "remove <name> from crush map",
            CrushSetCommands::remove),
        Commands.Command.write(
            "osd crush remove name:CephString ancestor:CephString?",
            "remove <name> from crush map",
            CrushSetCommands::remove),
        Commands.Command.write(
            "osd crush rule create-replicated name:CephString root:CephString type:CephString"
                + " class:CephString?",
            "create crush rule <name> for replicated pool to start from <root>",
            CrushSetCommands::createRule),
        Commands.Command.write(
            "osd crush rule rm name:CephString",
            "remove crush rule <name>",
            CrushSetCommands::removeRule),
        Commands.Command.write(
            "osd setcrushmap prior_version:CephInt?",
            "set crush map from input file",
            CrushSetCommands::setMap));
  }

  private static CrushMap crush(CommandCall call) {
    return call.state().osdMap().crush();
  }

  private static CompletableFuture<CommandReply> done(String text) {
    return CompletableFuture.completedFuture(CommandReply.done(text));
  }

  private static int known(CommandCall call, String name, String what) {
    OptionalInt id = CrushTree.idOf(crush(call), name);
    return id.orElseThrow(() -> new CommandException(Errno.ENOENT, what));
  }

  private static String item(int id, String name) {
    return "item id " + id + " name '" + name + "'";
  }

  private static int weight(CommandCall call) {
    double weight;
    try {
      weight = Double.parseDouble(call.text("weight"));
    } catch (NumberFormatException e) {
      weight = -1;
    }
    if (!(weight >= 0 && weight <= WEIGHT_MAX)) {
      String text = "weight '" + call.text("weight") + "' is not from 0 to " + WEIGHT_MAX;
      throw new CommandException(Errno.EINVAL, text);
    }
    return (int) (weight * OsdEntry.IN);
  }

  private static CompletableFuture<CommandReply> reweight(CommandCall call) {
    String name = call.text("name");
    int id = known(call, name, "device '" + name + "' does not appear in the crush map");
    if (id < 0) {
      throw new CommandException(
          Errno.ENOENT, "device '" + name + "' does not appear in the crush map");
    }
    int weight = weight(call);
    String shown = shown(weight);
    return OsdSetCommands.edit(
        call,
        MapEdit.CRUSH_REWEIGHT,
        name,
        Integer.toString(weight),
        "reweighted " + item(id, name) + " to " + shown + " in crush map");
  }

  /** As C++ prints a float: no zeros at the end. */
  private static String shown(int weight) {
    String text = String.format(Locale.ROOT, "%.5f", (double) weight / OsdEntry.IN);
    return text.replaceAll("\\.?0+$", "");
  }

  private static CompletableFuture<CommandReply> addBucket(CommandCall call) {
    String name = call.text("name");
    String type = call.text("type");
    if (CrushTree.idOf(crush(call), name).isPresent()) {
      return done("bucket '" + name + "' already exists");
    }
    if (CrushTree.typeOf(crush(call), type) < 0) {
      throw new CommandException(Errno.EINVAL, "type '" + type + "' does not exist");
    }
    String added = "added bucket " + name + " type " + type + " to crush map";
    CompletableFuture<CommandReply> made =
        OsdSetCommands.edit(call, MapEdit.CRUSH_ADD_BUCKET, name, type, added);
    if (!call.has("args")) {
      return made;
    }
    String to = added.replace(" to crush map", " to location " + location(call));
    return made.thenCompose(
        reply ->
            reply.result() == 0
                ? OsdSetCommands.edit(call, MapEdit.CRUSH_MOVE, name, packed(call), to)
                : CompletableFuture.completedFuture(reply));
  }

  private static String packed(CommandCall call) {
    return String.join(MapEdit.NUL, call.texts("args"));
  }

  private static String location(CommandCall call) {
    return call.texts("args").stream()
        .sorted()
        .toList()
        .toString()
        .replace(", ", ",")
        .replace('[', '{')
        .replace(']', '}');
  }

  private static CompletableFuture<CommandReply> move(CommandCall call) {
    String name = call.text("name");
    int id = known(call, name, "item " + name + " does not exist");
    String text = "moved " + item(id, name) + " to location " + location(call) + " in crush map";
    return OsdSetCommands.edit(call, MapEdit.CRUSH_MOVE, name, packed(call), text);
  }

  private static CompletableFuture<CommandReply> place(CommandCall call) {
    int osd = OsdInfoCommands.known(call, "id");
    String name = "osd." + osd;
    known(call, name, name + " is in no bucket until it boots");
    int weight = weight(call);
    String done = "set " + item(osd, name) + " weight " + shown(weight) + " at location ";
    return OsdSetCommands.edit(call, MapEdit.CRUSH_REWEIGHT, name, Integer.toString(weight), "")
        .thenCompose(
            reply ->
                reply.result() != 0
                    ? CompletableFuture.completedFuture(reply)
                    : OsdSetCommands.edit(
                        call,
                        MapEdit.CRUSH_MOVE,
                        name,
                        packed(call),
                        done + location(call) + " to crush map"));
  }

  /** As Ceph's OSDs say it of themselves: the weight stays where there is one. */
  private static CompletableFuture<CommandReply> createOrMove(CommandCall call) {
    int osd = OsdInfoCommands.known(call, "id");
    String name = "osd." + osd;
    known(call, name, name + " is in no bucket until it boots");
    String done = "create-or-move updating item name '" + name + "' weight ";
    String to = shown(weight(call)) + " at location " + location(call) + " to crush map";
    return OsdSetCommands.edit(call, MapEdit.CRUSH_MOVE, name, packed(call), done + to);
  }

  private static CompletableFuture<CommandReply> rename(CommandCall call) {
    String from = call.text("srcname");
    String to = call.text("dstname");
    int id = known(call, from, "srcname '" + from + "' does not exist");
    if (id >= 0) {
      throw new CommandException(Errno.ENOTDIR, "srcname '" + from + "' is not a bucket");
    }
    if (CrushTree.idOf(crush(call), to).isPresent()) {
      throw new CommandException(Errno.EEXIST, "dstname '" + to + "' already exists");
    }
    String text = "renamed bucket " + from + " into " + to;
    return OsdSetCommands.edit(call, MapEdit.CRUSH_RENAME, from, to, text);
  }

  private static CompletableFuture<CommandReply> remove(CommandCall call) {
    String name = call.text("name");
    OptionalInt id = CrushTree.idOf(crush(call), name);
    if (id.isEmpty()) {
      return done("device '" + name + "' does not appear in the crush map");
    }
    if (new CrushView(crush(call)).bucket(name).filter(CrushSetCommands::holds).isPresent()) {
      throw new CommandException(Errno.ENOTEMPTY, "bucket '" + name + "' is not empty");
    }
    String text = "removed " + item(id.getAsInt(), name) + " from crush map";
    return OsdSetCommands.edit(call, MapEdit.CRUSH_REMOVE, name, "", text);
  }

  private static boolean holds(CrushView.Bucket bucket) {
    return !bucket.children().isEmpty();
  }

  private static CompletableFuture<CommandReply> createRule(CommandCall call) {
    String name = call.text("name");
    if (call.has("class")) {
      throw new CommandException(Errno.EOPNOTSUPP, "rules for device classes are not supported");
    }
    if (crush(call).ruleId(name) >= 0) {
      return done("rule " + name + " already exists");
    }
    known(call, call.text("root"), "root item " + call.text("root") + " does not exist");
    String value = call.text("root") + MapEdit.NUL + call.text("type");
    return OsdSetCommands.edit(call, MapEdit.CRUSH_ADD_RULE, name, value, "");
  }

  private static CompletableFuture<CommandReply> removeRule(CommandCall call) {
    String name = call.text("name");
    int id = crush(call).ruleId(name);
    if (id < 0) {
      return done("rule " + name + " does not exist");
    }
    boolean used =
        call.state().osdMap().pools().stream().anyMatch(each -> each.layout().crushRule() == id);
    if (used) {
      throw new CommandException(Errno.EBUSY, "crush rule " + name + " (" + id + ") is in use");
    }
    return OsdSetCommands.edit(call, MapEdit.CRUSH_REMOVE_RULE, name, "", "");
  }

  private static CompletableFuture<CommandReply> setMap(CommandCall call) {
    if (call.input().length == 0) {
      throw new CommandException(Errno.EINVAL, "no crush map: give it as input, -i FILE");
    }
    String map = Base64.getEncoder().encodeToString(call.input());
    return OsdSetCommands.edit(call, MapEdit.CRUSH_SET, "the crush map", map, "");
  }
}
