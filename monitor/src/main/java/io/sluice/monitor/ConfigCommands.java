package io.sluice.monitor;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import io.sluice.protocol.Errno;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.concurrent.CompletableFuture;

/**
 * {@code config set, rm, get, dump, ls, help, show ...}: the central configuration.
 *
 * <p>Ceph's options are known; of those that nobody here obeys it says so when they are set.
 */
final class ConfigCommands {
  private static final List<String> KINDS = List.of("global", "mon", "mgr", "osd", "mds", "client");
  private static final String TARGETS = "global|(mon|mgr|osd|mds|client)(\\.[^/]+)?";

  private ConfigCommands() {}

  static List<Commands.Command> all() {
    return List.of(
        Commands.Command.write(
            "config set who:CephString name:CephString value:CephString force:CephBool?",
            "Set a configuration option for one or more entities",
            ConfigCommands::set),
        Commands.Command.write(
            "config rm who:CephString name:CephString",
            "Clear a configuration option for one or more entities",
            call -> propose(call, ConfigOptions.canonical(call.text("name")), "", "")),
        Commands.Command.read(
            "config get who:CephString key:CephString?",
            "Show configuration option(s) for an entity",
            ConfigCommands::get),
        Commands.Command.read(
            "config dump", "Show all configuration option(s)", ConfigCommands::dump),
        Commands.Command.read(
            "config ls", "List available configuration options", ConfigCommands::list),
        Commands.Command.read(
            "config help key:CephString",
            "Describe a configuration option",
            ConfigCommands::describe),
        Commands.Command.read(
            "config show who:CephString key:CephString?",
            "Show running configuration",
            call -> ShownOptions.show(call, false)),
        Commands.Command.read(
            "config show-with-defaults who:CephString",
            "Show running configuration (including compiled-in defaults)",
            call -> ShownOptions.show(call, true)),
        Commands.Command.read(
            "config log num:CephInt?",
            "Show recent history of config changes",
            ConfigCommands::history),
        Commands.Command.write(
            "config reset num:CephInt",
            "Revert configuration to a historical version specified by <num>",
            call -> {
              throw new CommandException(Errno.EOPNOTSUPP, "no history of options is kept");
            }),
        Commands.Command.read(
            "config generate-minimal-conf",
            "Generate a minimal ceph.conf file",
            ConfigCommands::minimal));
  }

  /** Whom an option is for: all, a kind of daemon or client, or one of them. */
  private static String target(CommandCall call) {
    String who = call.text("who");
    int slash = who.indexOf('/');
    if (slash > 0 && who.substring(0, slash).matches(TARGETS)) {
      throw new CommandException(
          Errno.EOPNOTSUPP, "masks by host or device class are not supported: '" + who + "'");
    }
    if (!who.matches(TARGETS)) {
      throw new CommandException(Errno.EINVAL, "unrecognized config target '" + who + "'");
    }
    return who;
  }

  private static CompletableFuture<CommandReply> set(CommandCall call) {
    String who = target(call);
    String name = ConfigOptions.canonical(call.text("name"));
    String value = call.text("value");
    ConfigOption option = ConfigOptions.find(name).orElse(null);
    if (option == null && !call.flag("force")) {
      throw new CommandException(Errno.EINVAL, "unrecognized config option '" + name + "'");
    }
    if (option != null && !call.flag("force")) {
      checkKept(option);
      value = option.normal(value);
    }
    if (ConfigOptions.obeyed(name) && value.startsWith("-")) {
      throw new CommandException(
          Errno.EINVAL, "error parsing value: Value '" + value + "' is below minimum 0");
    }
    if (value.isEmpty()) {
      throw new CommandException(
          Errno.EOPNOTSUPP, "an empty value is not kept: 'config rm' gives the default back");
    }
    return propose(call, name, value, ConfigOptions.unused(who, name));
  }

  private static void checkKept(ConfigOption option) {
    if (!option.isKept()) {
      throw new CommandException(
          Errno.EINVAL, option.name() + " is special and cannot be stored by the mon");
    }
  }

  private static CompletableFuture<CommandReply> propose(
      CommandCall call, String name, String value, String note) {
    String who = target(call);
    if (name.isEmpty()) {
      throw new CommandException(Errno.EINVAL, "unrecognized config option ''");
    }
    return call.context()
        .propose(new Change.SetConfig(who, name, value))
        .thenApply(outcome -> outcome.ok() ? CommandReply.done(note) : CommandReply.of(outcome));
  }

  private static String level(String name) {
    return ConfigOptions.find(name).map(ConfigOption::level).orElse("unknown");
  }

  private static boolean changesAtRuntime(String name) {
    return ConfigOptions.find(name).map(ConfigOption::changesAtRuntime).orElse(false);
  }

  private static TextTable table() {
    TextTable table = new TextTable().left("WHO").left("MASK").left("LEVEL").left("OPTION");
    return table.left("VALUE").left("RO");
  }

  private static void row(TextTable table, String who, String name, String value) {
    table.row(who, "", level(name), name, value, changesAtRuntime(name) ? "" : "*");
  }

  private static CommandReply get(CommandCall call) {
    String who = call.text("who");
    if (!who.matches(TARGETS)) {
      throw new CommandException(Errno.EINVAL, "unrecognized entity '" + who + "'");
    }
    SortedMap<String, ConfigOptions.Setting> set = ConfigOptions.of(who, call.state());
    if (call.has("key")) {
      String key = ConfigOptions.canonical(call.text("key"));
      if (key.equals("fsid")) {
        return CommandReply.output(call.state().fsid() + "\n");
      }
      ConfigOption option = ConfigOptions.find(key).orElse(null);
      if (option == null && !set.containsKey(key)) {
        throw unrecognized(key);
      }
      if (option != null) {
        checkKept(option);
      }
      return CommandReply.output(
          (set.containsKey(key) ? set.get(key).value() : byDefault(option, call)) + "\n");
    }
    ObjectNode node = CommandCall.object();
    TextTable table = table();
    set.forEach(
        (name, is) -> {
          row(table, is.section(), name, is.value());
          ObjectNode one = node.putObject(name).put("value", is.value());
          one.put("section", is.section()).putObject("mask");
          one.put("can_update_at_runtime", changesAtRuntime(name));
        });
    return call.wantsJson() ? call.json(node) : CommandReply.output(table.toString());
  }

  static CommandException unrecognized(String key) {
    return new CommandException(Errno.ENOENT, "unrecognized key '" + key + "'");
  }

  static String byDefault(ConfigOption option, CommandCall call) {
    return option.name().equals("osd_pool_default_size")
        ? Integer.toString(call.state().settings().size())
        : option.byDefault();
  }

  /** In Ceph's order: everybody's, then of each kind its own and those of its members. */
  private static CommandReply dump(CommandCall call) {
    ArrayNode array = CommandCall.JSON.createArrayNode();
    TextTable table = table();
    for (String kind : KINDS) {
      boolean all = kind.equals("global");
      section(call, kind + "/", all ? "" : "  ", array, table);
      section(call, kind + ".", "    ", array, table);
    }
    return call.wantsJson() ? call.json(array) : CommandReply.output(table.toString());
  }

  private static void section(
      CommandCall call, String keys, String indent, ArrayNode array, TextTable table) {
    for (Map.Entry<String, String> each : call.state().configOf(keys).entrySet()) {
      String who = each.getKey().substring(0, each.getKey().indexOf('/'));
      String name = each.getKey().substring(who.length() + 1);
      row(table, indent + who, name, each.getValue());
      ObjectNode one = array.addObject().put("section", who).put("name", name);
      one.put("value", each.getValue()).put("level", level(name));
      one.put("can_update_at_runtime", changesAtRuntime(name)).put("mask", "");
    }
  }

  private static CommandReply list(CommandCall call) {
    ArrayNode names = CommandCall.JSON.createArrayNode();
    ConfigOptions.all().values().stream()
        .filter(option -> !option.type().equals("log")) // as Ceph: known, but not listed
        .forEach(option -> names.add(option.name()));
    StringBuilder text = new StringBuilder();
    names.forEach(name -> text.append(name.asText()).append('\n'));
    return call.wantsJson() ? call.json(names) : CommandReply.output(text.toString());
  }

  private static CommandReply describe(CommandCall call) {
    String name = ConfigOptions.canonical(call.text("key"));
    ConfigOption option = ConfigOptions.find(name).orElseThrow(() -> unrecognized(name));
    String type = option.type().equals("log") ? "str" : option.type();
    if (call.wantsJson()) {
      ObjectNode node = CommandCall.object().put("name", name).put("type", type);
      node.put("level", option.level()).put("desc", "").put("long_desc", "");
      node.set("default", typed(option, byDefault(option, call)));
      node.put("daemon_default", "").putArray("tags");
      node.putArray("services");
      node.putArray("see_also");
      if (!option.choices().isEmpty()) {
        option.choices().forEach(node.putArray("enum_values")::add);
      }
      node.set("min", typed(option, option.least()));
      node.set("max", typed(option, option.most()));
      node.put("can_update_at_runtime", option.changesAtRuntime());
      ArrayNode flags = node.putArray("flags");
      if (!option.isKept()) {
        flags.add("no_mon_update");
      }
      return call.json(node.put("used_by_sluice", ConfigOptions.obeyed(name)));
    }
    StringBuilder text = new StringBuilder(name);
    text.append("\n  (").append(type).append(", ").append(option.level()).append(")\n");
    text.append("  Default: ").append(byDefault(option, call)).append('\n');
    if (!option.least().isEmpty() || !option.most().isEmpty()) {
      text.append("  Minimum: ").append(option.least());
      text.append("\n  Maximum: ").append(option.most()).append('\n');
    }
    if (!option.choices().isEmpty()) {
      text.append("  Possible values:  ").append(String.join(" ", option.choices())).append('\n');
    }
    text.append("  Can update at runtime: ").append(option.changesAtRuntime()).append('\n');
    text.append("  Used by Sluice's daemons: ").append(ConfigOptions.obeyed(name)).append('\n');
    return CommandReply.output(text.toString());
  }

  /** A number or a boolean where it is one. */
  private static JsonNode typed(ConfigOption option, String value) {
    try {
      return value.isEmpty() || !option.isNumber() && !option.type().equals("bool")
          ? TextNode.valueOf(value)
          : CommandCall.JSON.readTree(value);
    } catch (JsonProcessingException e) {
      return TextNode.valueOf(value);
    }
  }

  private static CommandReply history(CommandCall call) {
    CommandReply none =
        call.wantsJson() ? call.json(CommandCall.JSON.createArrayNode()) : CommandReply.output("");
    return new CommandReply(
        0, "no history of options is kept; who set what is in the audit log", none.output());
  }

  private static CommandReply minimal(CommandCall call) {
    StringBuilder hosts = new StringBuilder();
    call.state()
        .monMap()
        .mons()
        .forEach(mon -> hosts.append(hosts.isEmpty() ? "" : " ").append(mon.addrs()));
    String fsid = call.state().fsid().toString();
    return CommandReply.output(
        "# minimal ceph.conf for "
            + fsid
            + "\n[global]\n\tfsid = "
            + fsid
            + "\n\tmon_host = "
            + hosts
            + "\n");
  }
}
