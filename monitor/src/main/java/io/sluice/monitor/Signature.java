package io.sluice.monitor;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * How a command is typed, in the words of Ceph's argument parser.
 *
 * <p>Written as {@code "osd pool create pool:CephPoolname pg_num:CephInt?range=0"}: words, then
 * arguments as name, type, {@code ?} when optional, and further properties after commas. In JSON it
 * is the array that {@code ceph} gets from {@code get_command_descriptions}: words are strings,
 * arguments objects. (ceph: ceph_argparse.py, parse_funcsig)
 */
record Signature(String prefix, List<Map<String, String>> arguments) {

  static Signature parse(String line) {
    List<String> words = new ArrayList<>();
    List<Map<String, String>> arguments = new ArrayList<>();
    for (String token : line.split(" ")) {
      int colon = token.indexOf(':');
      if (colon < 0) {
        words.add(token);
      } else {
        arguments.add(argument(token.substring(0, colon), token.substring(colon + 1)));
      }
    }
    return new Signature(String.join(" ", words), List.copyOf(arguments));
  }

  private static Map<String, String> argument(String name, String rest) {
    Map<String, String> argument = new LinkedHashMap<>();
    argument.put("name", name);
    String[] properties = rest.split(",");
    boolean optional = properties[0].endsWith("?");
    argument.put(
        "type", optional ? properties[0].substring(0, properties[0].length() - 1) : properties[0]);
    if (optional) {
      argument.put("req", "false");
    }
    for (int i = 1; i < properties.length; i++) {
      int equals = properties[i].indexOf('=');
      argument.put(properties[i].substring(0, equals), properties[i].substring(equals + 1));
    }
    return argument;
  }

  ArrayNode toJson() {
    ArrayNode array = CommandCall.JSON.createArrayNode();
    for (String word : prefix.split(" ")) {
      array.add(word);
    }
    for (Map<String, String> argument : arguments) {
      ObjectNode node = array.addObject();
      argument.forEach(
          (key, value) -> {
            if (key.equals("req")) {
              node.put(key, false);
            } else {
              node.put(key, value);
            }
          });
    }
    return array;
  }
}
