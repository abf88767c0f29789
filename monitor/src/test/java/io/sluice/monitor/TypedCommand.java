package io.sluice.monitor;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.sluice.protocol.MMonCommandAck;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** A command as typed: the longest prefix that there is, then its arguments in order. */
final class TypedCommand {
  private TypedCommand() {}

  /** The answer in this format; null for none. */
  static MMonCommandAck run(MonitorBench bench, String line, String format) {
    List<String> words =
        Stream.of(line.split(" ")).filter(each -> !each.equals("--yes-i-really-mean-it")).toList();
    ObjectNode call = CommandCall.object();
    for (int used = words.size(); used > 0; used--) {
      Signature signature = new Commands().signature(String.join(" ", words.subList(0, used)));
      if (signature != null) {
        fill(call, signature, words.subList(used, words.size()));
        break;
      }
    }
    if (!call.has("prefix")) {
      call.put("prefix", line);
    }
    if (line.contains("--yes-i-really-mean-it")) {
      call.put("yes_i_really_mean_it", true);
    }
    if (format != null) {
      call.put("format", format);
    }
    return bench.command(call.toString());
  }

  private static void fill(ObjectNode call, Signature signature, List<String> words) {
    call.put("prefix", signature.prefix());
    int next = 0;
    for (Map<String, String> argument : signature.arguments()) {
      if (next == words.size()) {
        return;
      }
      String word = words.get(next);
      boolean choice = argument.containsKey("strings");
      boolean number = argument.get("type").equals("CephInt");
      boolean fits = !choice || Arrays.asList(argument.get("strings").split("\\|")).contains(word);
      if (!fits || number && !word.matches("-?\\d+")) {
        continue;
      }
      next++;
      if ("N".equals(argument.get("n"))) {
        ArrayNode rest = call.putArray(argument.get("name"));
        words.subList(next - 1, words.size()).forEach(rest::add);
        next = words.size();
      } else if (number) {
        call.put(argument.get("name"), Integer.parseInt(word));
      } else {
        call.put(argument.get("name"), word);
      }
    }
  }
}
