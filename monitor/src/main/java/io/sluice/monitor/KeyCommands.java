package io.sluice.monitor;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.sluice.protocol.Errno;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/** {@code config-key ...}: names and values that users keep with the monitors. */
final class KeyCommands {
  /** The section of the replicated options that holds them. */
  static final String SECTION = "config-key";

  /** As Ceph: mon_config_key_max_entry_size. */
  private static final int VALUE_MAX = 64 << 10;

  private KeyCommands() {}

  static List<Commands.Command> all() {
    return List.of(
        Commands.Command.read("config-key ls", "list keys", KeyCommands::list),
        Commands.Command.read(
            "config-key dump key:CephString?", "dump keys and values", KeyCommands::dump),
        Commands.Command.read("config-key get key:CephString", "get <key>", KeyCommands::get),
        Commands.Command.read(
            "config-key exists key:CephString",
            "check for <key>'s existence",
            call -> CommandReply.done("key '" + known(call) + "' exists")),
        Commands.Command.write(
            "config-key set key:CephString val:CephString?",
            "set <key> to value <val>",
            KeyCommands::set),
        Commands.Command.write(
            "config-key rm key:CephString",
            "rm <key>",
            call ->
                call.context()
                    .propose(new Change.SetConfig(SECTION, call.text("key"), ""))
                    .thenApply(outcome -> CommandReply.done("key deleted"))));
  }

  private static SortedMap<String, String> keys(CommandCall call) {
    SortedMap<String, String> keys = new TreeMap<>();
    call.state()
        .config()
        .forEach(
            (key, value) -> {
              if (key.startsWith(SECTION + "/")) {
                keys.put(key.substring(SECTION.length() + 1), value);
              }
            });
    return keys;
  }

  private static String known(CommandCall call) {
    String key = call.text("key");
    if (!keys(call).containsKey(key)) {
      throw new CommandException(Errno.ENOENT, "key '" + key + "' doesn't exist");
    }
    return key;
  }

  private static java.util.concurrent.CompletableFuture<CommandReply> set(CommandCall call) {
    String value =
        call.has("val")
            ? call.text("val")
            : new String(call.input(), java.nio.charset.StandardCharsets.UTF_8);
    if (value.isEmpty() || value.length() > VALUE_MAX || call.text("key").isEmpty()) {
      throw new CommandException(
          Errno.EINVAL, "a key needs a name, and a value of 1 to " + VALUE_MAX + " bytes");
    }
    return call.context()
        .propose(new Change.SetConfig(SECTION, call.text("key"), value))
        .thenApply(
            outcome ->
                outcome.ok()
                    ? CommandReply.done("set " + call.text("key"))
                    : CommandReply.of(outcome));
  }

  private static CommandReply list(CommandCall call) {
    ArrayNode names = CommandCall.JSON.createArrayNode();
    keys(call).keySet().forEach(names::add);
    return call.json(names);
  }

  private static CommandReply dump(CommandCall call) {
    ObjectNode node = CommandCall.object();
    keys(call).forEach(node::put);
    return call.json(node);
  }

  private static CommandReply get(CommandCall call) {
    return CommandReply.output(keys(call).get(known(call)) + "\n");
  }
}
