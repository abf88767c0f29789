package io.sluice.cli;

import java.util.List;
import java.util.Map;
import picocli.CommandLine.Command;

/**
 * {@code sluice pool create|ls|rm|...}: the monitor's {@code osd pool} commands with fewer words.
 */
@Command(
    name = "pool",
    mixinStandardHelpOptions = true,
    description = "Pools: create NAME [PGS], ls, rm NAME, get NAME KEY, set NAME KEY VALUE.",
    footerHeading = Main.EXAMPLES,
    footer = {
      "  sluice pool create photos 32",
      "  sluice pool ls --format json",
      "  sluice pool set photos size 2",
      "  sluice pool rm photos"
    })
final class PoolCommand extends MonitorWordsCommand {
  @Override
  public Integer call() throws Exception {
    if (words().isEmpty()) {
      throw CommandFailure.usage("pool: say create, ls, rm, get or set");
    }
    if (words().get(0).equals("rm") || words().get(0).equals("delete")) {
      return remove();
    }
    return ask(List.of("osd", "pool"));
  }

  /** Ceph wants the name twice and a flag; here it is typed once, by somebody who typed "rm". */
  private int remove() throws Exception {
    if (words().size() != 2) {
      throw CommandFailure.usage("pool rm NAME");
    }
    String name = words().get(1);
    String json =
        new com.fasterxml.jackson.databind.ObjectMapper()
            .writeValueAsString(
                Map.of(
                    "prefix",
                    "osd pool rm",
                    "pool",
                    name,
                    "pool2",
                    name,
                    "yes_i_really_really_mean_it",
                    true));
    try (ClusterClient client = ClusterClient.connect(dir())) {
      System.out.println(client.command(json).status());
    }
    return 0;
  }
}
