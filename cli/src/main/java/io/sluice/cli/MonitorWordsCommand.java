package io.sluice.cli;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** A command whose words, its own name first, go to the monitor as they are. */
abstract class MonitorWordsCommand implements Callable<Integer> {
  /** A monitor that is there answers in milliseconds; one without a majority never. */
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  @Spec private CommandSpec spec;

  @Parameters(paramLabel = "WORD", description = "as with Ceph's 'ceph' command")
  private List<String> words = new ArrayList<>();

  @Option(
      names = {"-f", "--format"},
      paramLabel = "FORMAT",
      description = "json, json-pretty or plain")
  private String format;

  @Option(names = "--yes-i-really-mean-it", hidden = true)
  private boolean really;

  @Option(names = "--yes-i-really-really-mean-it", hidden = true)
  private boolean reallyReally;

  List<String> words() {
    return words;
  }

  CommandSpec spec() {
    return spec;
  }

  ClusterDir dir() {
    return Main.of(spec).dir();
  }

  @Override
  public Integer call() throws Exception {
    return ask(List.of(spec.name()));
  }

  /** Sends {@code prefix}, then the words. */
  int ask(List<String> prefix) throws IOException {
    List<String> line = new ArrayList<>(prefix);
    line.addAll(words);
    if (really) {
      line.add("--yes-i-really-mean-it");
    }
    if (reallyReally) {
      line.add("--yes-i-really-really-mean-it");
    }
    try (ClusterClient client = ClusterClient.connect(dir(), PATIENCE)) {
      client.run(line, "plain".equals(format) ? null : format, System.out);
    }
    return 0;
  }
}
