package io.sluice.monitor;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.sluice.protocol.Errno;
import java.util.SortedMap;
import java.util.TreeMap;

/** {@code config show}: a daemon's options as it was told them; what nobody obeys is ignored. */
final class ShownOptions {
  /**
   * @param ignores where the value came from that the daemon does not heed; empty for none
   */
  private record Shown(String value, String source, String ignores) {}

  private ShownOptions() {}

  static CommandReply show(CommandCall call, boolean defaults) {
    String who = call.text("who");
    checkDaemon(call, who);
    SortedMap<String, Shown> shown = collect(call, who, defaults);
    return call.has("key") ? one(call, shown) : all(call, shown);
  }

  private static SortedMap<String, Shown> collect(CommandCall call, String who, boolean defaults) {
    SortedMap<String, Shown> shown = new TreeMap<>();
    ConfigOptions.all()
        .forEach(
            (name, option) -> {
              if (defaults || ConfigOptions.obeys(who, name)) {
                shown.put(name, new Shown(ConfigCommands.byDefault(option, call), "default", ""));
              }
            });
    ConfigOptions.of(who, call.state())
        .forEach(
            (name, is) -> {
              String was =
                  ConfigOptions.find(name).map(o -> ConfigCommands.byDefault(o, call)).orElse("");
              boolean heeded = ConfigOptions.unused(who, name).isEmpty();
              shown.put(
                  name,
                  heeded ? new Shown(is.value(), "mon", "") : new Shown(was, "default", "mon"));
            });
    return shown;
  }

  private static CommandReply one(CommandCall call, SortedMap<String, Shown> shown) {
    String key = ConfigOptions.canonical(call.text("key"));
    ConfigOption option = ConfigOptions.find(key).orElse(null);
    if (option == null && !shown.containsKey(key)) {
      throw ConfigCommands.unrecognized(key);
    }
    String value =
        shown.containsKey(key) ? shown.get(key).value() : ConfigCommands.byDefault(option, call);
    return CommandReply.output(value + "\n");
  }

  private static CommandReply all(CommandCall call, SortedMap<String, Shown> shown) {
    TextTable table = new TextTable().left("NAME").left("VALUE").left("SOURCE");
    table.left("OVERRIDES").left("IGNORES");
    ArrayNode array = CommandCall.JSON.createArrayNode();
    shown.forEach(
        (name, is) -> {
          table.row(name, is.value(), is.source(), "", is.ignores());
          ObjectNode one = array.addObject().put("name", name).put("value", is.value());
          one.put("source", is.source());
          if (!is.ignores().isEmpty()) {
            one.putArray("ignores").add(is.ignores());
          }
        });
    return call.wantsJson() ? call.json(array) : CommandReply.output(table.toString());
  }

  private static void checkDaemon(CommandCall call, String who) {
    if (!who.matches("(mon|mgr|osd|mds)\\..+")) {
      throw new CommandException(Errno.EINVAL, "invalid daemon name: use <type>.<id>");
    }
    String id = who.substring(4);
    boolean known =
        switch (who.substring(0, 3)) {
          case "osd" -> id.matches("\\d{1,6}") && call.state().osdMap().isUp(Integer.parseInt(id));
          case "mon" -> call.state().monMap().rankOf(id) >= 0;
          default -> false;
        };
    if (!known) {
      throw new CommandException(Errno.ENOENT, "no config state for daemon " + who);
    }
  }
}
