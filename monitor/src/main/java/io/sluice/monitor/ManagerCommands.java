package io.sluice.monitor;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.sluice.protocol.MgrMap;
import java.util.List;

/** {@code mgr stat, mgr dump}: the manager that the monitor itself is. */
final class ManagerCommands {
  private ManagerCommands() {}

  static List<Commands.Command> all() {
    return List.of(
        Commands.Command.read(
            "mgr stat", "basic info about the mgr state", call -> call.json(stat(call))),
        Commands.Command.read(
            "mgr dump epoch:CephInt?,range=0",
            "dump the latest MgrMap",
            call -> call.json(dump(call))));
  }

  private static boolean isThere(MgrMap map) {
    return !map.active().addrs().isEmpty();
  }

  /** {@code a(active, since 5m)}. */
  static String text(CommandCall call) {
    MgrMap map = call.context().manager();
    long seconds = call.context().now().seconds() - map.since().seconds();
    return isThere(map)
        ? map.name() + "(active, since " + Units.age(seconds) + ")"
        : "no daemons active";
  }

  static ObjectNode stat(CommandCall call) {
    MgrMap map = call.context().manager();
    ObjectNode node = Layouts.object("mgr stat").put("epoch", map.epoch());
    return node.put("available", isThere(map)).put("active_name", map.name());
  }

  private static ObjectNode dump(CommandCall call) {
    MgrMap map = call.context().manager();
    ObjectNode node = Layouts.object("mgr dump");
    ObjectNode brief = stat(call);
    brief.remove("num_standby");
    node.setAll(brief);
    if (isThere(map)) {
      node.put("active_gid", map.gid()).set("active_addrs", Layouts.addrs(map.active()));
      node.put("active_addr", Layouts.legacyAddr(map.active()));
      node.put("active_change", Units.time(map.since()));
    }
    return node;
  }
}
