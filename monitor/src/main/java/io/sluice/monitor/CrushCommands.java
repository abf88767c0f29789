package io.sluice.monitor;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.sluice.protocol.CrushRule;
import io.sluice.protocol.CrushTunables;
import io.sluice.protocol.CrushView;
import io.sluice.protocol.Errno;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/** {@code osd crush ...}: the tree and the rules. */
final class CrushCommands {
  private CrushCommands() {}

  static List<Commands.Command> all() {
    return List.of(
        Commands.Command.read(
            "osd crush tree shadow:CephChoices?,strings=--show-shadow",
            "dump crush buckets and items in a tree view",
            CrushCommands::tree),
        Commands.Command.read(
            "osd crush ls node:CephString",
            "list items beneath a node in the CRUSH tree",
            CrushCommands::list),
        Commands.Command.read(
            "osd crush get-device-class ids:CephString,n=N",
            "get classes of specified osd(s) <id> [<id>...]",
            CrushCommands::classesOf),
        Commands.Command.read("osd crush dump", "dump crush map", CrushCommands::dump),
        Commands.Command.read(
            "osd crush class ls", "list all crush device classes", CrushCommands::classes),
        Commands.Command.read("osd crush rule ls", "list crush rules", CrushCommands::ruleNames),
        Commands.Command.read(
            "osd crush rule dump name:CephString?", "dump crush rule <name>", CrushCommands::rules),
        Commands.Command.read(
            "osd crush show-tunables",
            "show current crush tunables",
            call -> call.json(tunables(view(call)))),
        Commands.Command.read(
            "osd crush get-tunable tunable:CephChoices,strings=straw_calc_version",
            "get crush tunable <tunable>",
            CrushCommands::tunable),
        Commands.Command.read(
            "osd erasure-code-profile get name:CephString",
            "get erasure code profile <name>",
            CrushCommands::profile));
  }

  private static CrushView view(CommandCall call) {
    return new CrushView(call.state().osdMap().crush());
  }

  private static CommandReply tree(CommandCall call) {
    CrushView view = view(call);
    ObjectNode tree = CommandCall.object();
    ArrayNode nodes = tree.putArray("nodes");
    TextTable table = new TextTable().right("ID").left("CLASS").under("WEIGHT").left("TYPE NAME");
    view.roots().forEach(root -> addBucket(view, root, 0, nodes, table));
    tree.putArray("stray");
    return call.wantsJson() ? call.json(tree) : CommandReply.output(table.toString());
  }

  private static CommandReply list(CommandCall call) {
    CrushView view = view(call);
    String node = call.text("node");
    CrushView.Bucket bucket =
        view.bucket(node)
            .orElseThrow(
                () -> new CommandException(Errno.ENOENT, "node '" + node + "' does not exist"));
    List<String> names = bucket.children().stream().map(view::name).toList();
    ArrayNode array = CommandCall.JSON.createArrayNode();
    names.forEach(array::add);
    return call.wantsJson()
        ? call.json(array)
        : CommandReply.output(String.join("\n", names) + "\n");
  }

  private static CommandReply classesOf(CommandCall call) {
    CrushView view = view(call);
    StringBuilder text = new StringBuilder();
    ArrayNode array = CommandCall.JSON.createArrayNode();
    for (String name : call.texts("ids")) {
      int osd = OsdInfoCommands.known(call, "ids", name);
      array.addObject().put("osd", osd).put("device_class", view.deviceClass(osd));
      text.append(view.deviceClass(osd)).append('\n');
    }
    return call.wantsJson() ? call.json(array) : CommandReply.output(text.toString());
  }

  private static void addBucket(
      CrushView view, CrushView.Bucket bucket, int depth, ArrayNode nodes, TextTable table) {
    ObjectNode node = nodes.addObject().put("id", bucket.id()).put("name", bucket.name());
    node.put("type", bucket.type()).put("type_id", bucket.typeId());
    OsdTree.childrenInJson(view, bucket).forEach(node.putArray("children")::add);
    String indent = "    ".repeat(depth);
    table.row(
        bucket.id(),
        "",
        Units.weight(OsdMapCommands.share(bucket.weight())),
        indent + bucket.type() + " " + bucket.name());
    for (int i : OsdTree.inOrder(view, bucket)) {
      int child = bucket.children().get(i);
      double weight = OsdMapCommands.share(bucket.weights().get(i));
      if (child >= 0) {
        ObjectNode leaf = nodes.addObject().put("id", child).put("name", view.name(child));
        leaf.put("device_class", view.deviceClass(child)).put("type", "osd").put("type_id", 0);
        leaf.put("crush_weight", weight).put("depth", depth + 1).putObject("pool_weights");
        table.row(
            child,
            view.deviceClass(child),
            Units.weight(weight),
            indent + "    " + view.name(child));
      } else {
        view.buckets().stream()
            .filter(each -> each.id() == child)
            .forEach(each -> addBucket(view, each, depth + 1, nodes, table));
      }
    }
  }

  private static CommandReply dump(CommandCall call) {
    CrushView view = view(call);
    ObjectNode node = CommandCall.object();
    ArrayNode devices = node.putArray("devices");
    for (int osd : view.devices()) {
      ObjectNode one = devices.addObject().put("id", osd).put("name", view.name(osd));
      one.put("class", view.deviceClass(osd));
    }
    ArrayNode types = node.putArray("types");
    view.types().forEach((id, name) -> types.addObject().put("type_id", id).put("name", name));
    ArrayNode buckets = node.putArray("buckets");
    for (CrushView.Bucket bucket : view.buckets()) {
      ObjectNode one = buckets.addObject().put("id", bucket.id()).put("name", bucket.name());
      one.put("type_id", bucket.typeId()).put("type_name", bucket.type());
      one.put("weight", bucket.weight()).put("alg", "straw2").put("hash", "rjenkins1");
      ArrayNode items = one.putArray("items");
      for (int i = 0; i < bucket.children().size(); i++) {
        ObjectNode item = items.addObject().put("id", bucket.children().get(i));
        item.put("weight", bucket.weights().get(i)).put("pos", i);
      }
    }
    ArrayNode rules = node.putArray("rules");
    call.state().osdMap().crush().ruleNames().keySet().forEach(id -> rules.add(rule(call, id)));
    node.set("tunables", tunables(view));
    node.putObject("choose_args");
    return call.json(node);
  }

  private static CommandReply classes(CommandCall call) {
    CrushView view = view(call);
    TreeSet<String> names = new TreeSet<>();
    view.devices().forEach(osd -> names.add(view.deviceClass(osd)));
    names.remove("");
    ArrayNode array = CommandCall.JSON.createArrayNode();
    names.forEach(array::add);
    return call.json(array);
  }

  private static CommandReply ruleNames(CommandCall call) {
    ArrayNode array = CommandCall.JSON.createArrayNode();
    Map<Integer, String> names = call.state().osdMap().crush().ruleNames();
    names.values().forEach(array::add);
    return call.wantsJson()
        ? call.json(array)
        : CommandReply.output(String.join("\n", names.values()) + "\n");
  }

  private static CommandReply rules(CommandCall call) {
    ArrayNode array = CommandCall.JSON.createArrayNode();
    for (Map.Entry<Integer, String> rule : call.state().osdMap().crush().ruleNames().entrySet()) {
      if (call.has("name") && rule.getValue().equals(call.text("name"))) {
        return call.json(rule(call, rule.getKey()));
      }
      array.add(rule(call, rule.getKey()));
    }
    if (call.has("name")) {
      throw new CommandException(Errno.ENOENT, "unknown crush rule '" + call.text("name") + "'");
    }
    return call.json(array);
  }

  private static ObjectNode rule(CommandCall call, int id) {
    CrushView view = view(call);
    CrushRule rule = view.rule(id);
    ObjectNode node = CommandCall.object().put("rule_id", id);
    node.put("rule_name", call.state().osdMap().crush().ruleNames().get(id));
    node.put("ruleset", rule.ruleset()).put("type", rule.type());
    node.put("min_size", rule.minSize()).put("max_size", rule.maxSize());
    ArrayNode steps = node.putArray("steps");
    for (CrushView.Step step : view.steps(rule)) {
      ObjectNode one = steps.addObject().put("op", step.op());
      if (step.item() != null) {
        one.put("item", step.item()).put("item_name", step.itemName());
      }
      if (step.num() != null) {
        one.put("num", step.num());
      }
      if (step.type() != null) {
        one.put("type", step.type());
      }
    }
    return node;
  }

  private static ObjectNode tunables(CrushView view) {
    CrushTunables is = view.tunables();
    ObjectNode node = Layouts.object("tunables");
    node.put("choose_local_tries", is.chooseLocalTries());
    node.put("choose_local_fallback_tries", is.chooseLocalFallbackTries());
    node.put("choose_total_tries", is.chooseTotalTries());
    node.put("chooseleaf_descend_once", is.chooseleafDescendOnce());
    node.put("chooseleaf_vary_r", is.chooseleafVaryR());
    node.put("chooseleaf_stable", is.chooseleafStable());
    node.put("straw_calc_version", is.strawCalcVersion());
    node.put("allowed_bucket_algs", is.allowedBucketAlgs());
    boolean jewel = is.equals(CrushTunables.JEWEL);
    node.put("profile", jewel ? "jewel" : "unknown").put("optimal_tunables", jewel ? 1 : 0);
    return node.put("minimum_required_version", "jewel").put("has_v4_buckets", 1);
  }

  private static CommandReply tunable(CommandCall call) {
    String name = call.text("tunable");
    JsonNode value = tunables(view(call)).path(name);
    return call.wantsJson()
        ? call.json(CommandCall.object().set(name, value))
        : CommandReply.output(value.asText() + "\n");
  }

  private static CommandReply profile(CommandCall call) {
    if (!call.text("name").equals("default")) {
      throw new CommandException(
          Errno.ENOENT, "unknown erasure code profile '" + call.text("name") + "'");
    }
    JsonNode profile = Layouts.object("osd_dump").at("/erasure_code_profiles/default");
    if (call.wantsJson()) {
      return call.json(profile);
    }
    StringBuilder text = new StringBuilder();
    profile
        .properties()
        .forEach(
            each ->
                text.append(each.getKey())
                    .append('=')
                    .append(each.getValue().asText())
                    .append('\n'));
    return CommandReply.output(text.toString());
  }
}
