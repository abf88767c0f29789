package io.sluice.monitor;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.sluice.protocol.Errno;
import io.sluice.protocol.PoolInfo;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/** {@code osd pool ...}: pools made, listed, changed and removed. */
final class PoolCommands {
  /** (ceph: osd_pool_default_pg_num) */
  static final int PG_NUM_DEFAULT = 32;

  private static final String VARS =
      "size|min_size|pg_num|pgp_num|crush_rule|hashpspool|nodelete|nopgchange|nosizechange"
          + "|write_fadvise_dontneed|noscrub|nodeep-scrub|use_gmt_hitset|bulk|fast_read|pg_autoscale_mode";

  /** What is noted as a tag of the pool, and its values. */
  private static final Map<String, List<String>> TAGS =
      Map.of(
          "integrity",
          List.of("lazy", "ingest"),
          "receive",
          List.of("cut", "pipe", "slot", "memory", "whole"));

  private PoolCommands() {}

  static List<Commands.Command> all() {
    String rm =
        "pool:CephPoolname pool2:CephPoolname? yes_i_really_really_mean_it:CephBool? "
            + "yes_i_really_really_mean_it_not_faking:CephBool?";
    return List.of(
        Commands.Command.write(
            "osd pool create pool:CephPoolname pg_num:CephInt?,range=0 pgp_num:CephInt?,range=0"
                + " pool_type:CephChoices?,strings=replicated|erasure size:CephInt?,range=0",
            "create pool",
            PoolCommands::create),
        Commands.Command.read(
            "osd pool ls detail:CephChoices?,strings=detail", "list pools", PoolCommands::list),
        Commands.Command.read("osd lspools", "list pools", PoolCommands::listIds),
        Commands.Command.write("osd pool delete " + rm, "delete pool", PoolCommands::remove),
        Commands.Command.write("osd pool rm " + rm, "remove pool", PoolCommands::remove),
        Commands.Command.read(
            "osd pool get pool:CephPoolname var:CephChoices,strings="
                + VARS
                + "|all|"
                + PoolVariables.NAMES,
            "get pool parameter <var>",
            PoolCommands::get),
        Commands.Command.write(
            "osd pool set pool:CephPoolname var:CephChoices,strings="
                + VARS
                + "|integrity|receive|"
                + PoolVariables.NAMES
                + " val:CephString yes_i_really_mean_it:CephBool?",
            "set pool parameter <var> to <val>",
            PoolCommands::set));
  }

  private static CompletableFuture<CommandReply> propose(CommandCall call, Change change) {
    return call.context().propose(change).thenApply(CommandReply::of);
  }

  static PoolInfo pool(CommandCall call) {
    String name = call.text("pool");
    return call.state()
        .osdMap()
        .findPool(name)
        .orElseThrow(() -> new CommandException(Errno.ENOENT, "unrecognized pool '" + name + "'"));
  }

  private static CompletableFuture<CommandReply> create(CommandCall call) {
    if (call.text("pool_type", "replicated").equals("erasure")) {
      throw new CommandException(Errno.EOPNOTSUPP, "erasure-coded pools are not built yet");
    }
    MonContext context = call.context();
    int pgNumDefault = (int) MonOptions.number(context, MonOptions.POOL_PG_NUM, PG_NUM_DEFAULT);
    int pgNum = call.number("pg_num", 0);
    int pgpNum = call.number("pgp_num", 0);
    if (pgpNum != 0 && pgpNum != (pgNum == 0 ? pgNumDefault : pgNum)) {
      throw new CommandException(
          Errno.EINVAL, "pgp_num " + pgpNum + " must be pg_num at first: it can be set afterwards");
    }
    return propose(
        call,
        new Change.CreatePool(
            call.text("pool"),
            pgNum == 0 ? pgNumDefault : pgNum,
            call.number("size", (int) MonOptions.number(context, MonOptions.POOL_SIZE, 0)),
            call.has("size") ? 0 : (int) MonOptions.number(context, MonOptions.POOL_MIN_SIZE, 0),
            context.now()));
  }

  /** As librados asks for it, which tells a name only. */
  static Change.CreatePool byDefault(MonContext context, String name) {
    return new Change.CreatePool(
        name,
        (int) MonOptions.number(context, MonOptions.POOL_PG_NUM, PG_NUM_DEFAULT),
        (int) MonOptions.number(context, MonOptions.POOL_SIZE, 0),
        (int) MonOptions.number(context, MonOptions.POOL_MIN_SIZE, 0),
        context.now());
  }

  /** Whether an operator has forbidden it. */
  static boolean mayRemove(MonContext context) {
    return !MonOptions.set(context, MonOptions.ALLOW_POOL_DELETE).orElse("").equals("false");
  }

  private static CommandReply list(CommandCall call) {
    if (call.has("detail")) {
      return OsdMapCommands.pools(call);
    }
    if (call.wantsJson()) {
      ArrayNode names = CommandCall.JSON.createArrayNode();
      call.state().osdMap().pools().forEach(pool -> names.add(pool.name()));
      return call.json(names);
    }
    StringBuilder text = new StringBuilder();
    call.state().osdMap().pools().forEach(pool -> text.append(pool.name()).append('\n'));
    return CommandReply.output(text.toString());
  }

  private static CommandReply listIds(CommandCall call) {
    ArrayNode array = CommandCall.JSON.createArrayNode();
    StringBuilder text = new StringBuilder();
    for (PoolInfo pool : call.state().osdMap().pools()) {
      array.addObject().put("poolnum", pool.id()).put("poolname", pool.name());
      text.append(pool.id()).append(' ').append(pool.name()).append('\n');
    }
    return call.wantsJson() ? call.json(array) : CommandReply.output(text.toString());
  }

  private static CompletableFuture<CommandReply> remove(CommandCall call) {
    String name = call.text("pool");
    if (call.state().osdMap().findPool(name).isEmpty()) { // as Ceph: said, and no failure
      String text = "pool '" + name + "' does not exist";
      return CompletableFuture.completedFuture(CommandReply.done(text));
    }
    PoolInfo pool = pool(call);
    boolean sure =
        call.flag("yes_i_really_really_mean_it_not_faking")
            || call.text("pool2", "").equals(pool.name())
                && call.flag("yes_i_really_really_mean_it");
    if (!sure) {
      throw new CommandException(
          Errno.EPERM,
          "WARNING: this will *PERMANENTLY DESTROY* all data stored in pool "
              + pool.name()
              + ".  If you are *ABSOLUTELY CERTAIN* that is what you want, pass the pool name"
              + " *twice*, followed by --yes-i-really-really-mean-it.");
    }
    if (!mayRemove(call.context())) {
      throw new CommandException(
          Errno.EPERM, "pool deletion is disabled: mon_allow_pool_delete is false");
    }
    return propose(call, new Change.RemovePool(pool.id(), call.context().now()));
  }

  private static CommandReply get(CommandCall call) {
    PoolInfo pool = pool(call);
    Map<String, Object> all = variables(call.state(), pool);
    String asked = call.text("var");
    PoolVariables.checkRead(pool, asked);
    if (!asked.equals("all") && !all.containsKey(asked)) {
      throw new CommandException(Errno.EINVAL, "invalid pool variable '" + asked + "'");
    }
    ObjectNode node = CommandCall.object().put("pool", pool.name()).put("pool_id", pool.id());
    StringBuilder text = new StringBuilder();
    all.forEach(
        (name, value) -> {
          if (asked.equals("all") || asked.equals(name)) {
            node.putPOJO(name, value);
            text.append(name).append(": ").append(value).append('\n');
          }
        });
    return call.wantsJson() ? call.json(node) : CommandReply.output(text.toString());
  }

  private static Map<String, Object> variables(MonState state, PoolInfo pool) {
    Map<String, Object> all = new LinkedHashMap<>();
    all.put("size", pool.size());
    all.put("min_size", pool.minSize());
    all.put("pg_num", pool.pgNum());
    all.put("pgp_num", pool.layout().pgpNum());
    all.put("crush_rule", ruleName(state, pool));
    all.put("hashpspool", (pool.flags() & PoolInfo.HASHPSPOOL) != 0);
    for (String flag : List.of("nodelete", "nopgchange", "nosizechange")) {
      all.put(flag, PoolFlags.has(pool, flag));
    }
    all.put("write_fadvise_dontneed", false);
    for (String flag : List.of("noscrub", "nodeep-scrub")) {
      all.put(flag, PoolFlags.has(pool, flag));
    }
    all.put("use_gmt_hitset", true);
    all.put("fast_read", 0);
    all.put("pg_autoscale_mode", "off");
    all.put("bulk", false);
    return all;
  }

  private static String ruleName(MonState state, PoolInfo pool) {
    return state.osdMap().crush().ruleNames().getOrDefault(pool.layout().crushRule(), "?");
  }

  private static CompletableFuture<CommandReply> set(CommandCall call) {
    PoolInfo pool = pool(call);
    String variable = call.text("var");
    PoolVariables.checkSet(pool, variable, call.text("val"));
    if (PoolVariables.FIXED.contains(variable)) {
      String text = "set pool " + pool.id() + " " + variable + " to " + call.text("val");
      return CompletableFuture.completedFuture(CommandReply.done(text));
    }
    if (TAGS.containsKey(variable)) {
      return setTag(call, pool, variable);
    }
    if (variable.equals("pg_autoscale_mode")) {
      if (!call.text("val").equals("off")) {
        throw new CommandException(
            Errno.EOPNOTSUPP, "pg_num of a pool is never changed by itself here");
      }
      String text = "set pool " + pool.id() + " pg_autoscale_mode to off";
      return CompletableFuture.completedFuture(CommandReply.done(text));
    }
    if (PoolFlags.SETTABLE.contains(variable)) {
      return setFlag(call, pool, variable);
    }
    if (variable.equals("crush_rule")) {
      String rule = call.text("val");
      if (call.state().osdMap().crush().ruleId(rule) < 0) {
        throw new CommandException(Errno.ENOENT, "crush rule " + rule + " does not exist");
      }
      String text = "set pool " + pool.id() + " crush_rule to " + rule;
      return OsdSetCommands.edit(call, MapEdit.POOL_RULE, pool.name(), rule, text);
    }
    if (variable.equals("pg_num") || variable.equals("pgp_num")) {
      return PoolGroups.set(call, pool, variable);
    }
    int value = call.parse(variable, call.text("val"));
    if (value < 1) {
      throw new CommandException(Errno.EINVAL, variable + " must be at least 1");
    }
    return switch (variable) {
      case "size" ->
          propose(call, new Change.ResizePool(pool.name(), value, 0, call.context().now()));
      case "min_size" ->
          propose(call, new Change.ResizePool(pool.name(), 0, value, call.context().now()));
      default ->
          throw new CommandException(Errno.EINVAL, "unrecognized variable '" + variable + "'");
    };
  }

  private static CompletableFuture<CommandReply> setFlag(
      CommandCall call, PoolInfo pool, String flag) {
    String value = call.text("val");
    boolean on = value.equals("true") || value.equals("1");
    if (!on && !value.equals("false") && !value.equals("0")) {
      throw new CommandException(Errno.EINVAL, "expecting value 'true', 'false', '0', or '1'");
    }
    String bits = MapEdit.bits(PoolFlags.bit(flag), on);
    String text = "set pool " + pool.id() + " " + flag + " to " + value;
    return OsdSetCommands.edit(call, MapEdit.CHANGE_POOL_FLAGS, pool.name(), bits, text);
  }

  /**
   * Whether OSDs look at payload of this pool when it comes, or when it is first read; in which way
   * they receive it, which is for whoever measures them.
   */
  private static CompletableFuture<CommandReply> setTag(
      CommandCall call, PoolInfo pool, String variable) {
    String value = call.text("val");
    List<String> values = TAGS.get(variable);
    if (!values.contains(value)) {
      throw new CommandException(
          Errno.EINVAL, variable + " is " + String.join(" or ", values) + ", not '" + value + "'");
    }
    boolean integrity = variable.equals("integrity");
    String tag = integrity ? PoolInfo.integrityTag(value) : PoolInfo.receiveTag(value);
    return propose(call, new Change.TagPool(pool.name(), tag, call.context().now()));
  }
}
