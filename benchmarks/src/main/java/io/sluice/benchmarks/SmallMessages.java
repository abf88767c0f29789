package io.sluice.benchmarks;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.openjdk.jmh.results.IterationResult;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.Options;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;

/** Runs {@link ListBenchmark} round by round, a fresh JVM for each, after warming it up. */
final class SmallMessages {
  private static final String[] OPERATIONS = {
    "appendViews", "appendCopies", "slice", "sliceRead", "iterate", "crc"
  };
  private static final String[] WORDS = {
    "append 16 views of 64 bytes, release",
    "append 16 copies of 64 bytes, release",
    "slice of 500 bytes over 9 parts, release",
    "the same, and read it",
    "read 128 le64",
    "CRC-32C of 1024 bytes"
  };

  /** By method of the benchmark, the median of each round. */
  private final Map<String, List<Double>> nanos = new LinkedHashMap<>();

  SmallMessages run(int rounds) throws RunnerException {
    for (int round = 0; round < rounds; round++) {
      Options options =
          new OptionsBuilder()
              .include("ListBenchmark")
              .forks(1)
              .jvmArgsAppend("-Dslf4j.internal.verbosity=ERROR")
              .warmupIterations(10)
              .warmupTime(TimeValue.milliseconds(80))
              .measurementIterations(20)
              .measurementTime(TimeValue.milliseconds(20))
              .verbosity(VerboseMode.SILENT)
              .shouldFailOnError(true)
              .build();
      for (RunResult result : new Runner(options).run()) {
        String name = result.getParams().getBenchmark();
        List<Double> scores = new ArrayList<>();
        for (IterationResult iteration : result.getAggregatedResult().getIterationResults()) {
          scores.add(iteration.getPrimaryResult().getScore());
        }
        nanos
            .computeIfAbsent(name.substring(name.lastIndexOf('.') + 1), n -> new ArrayList<>())
            .add(Spread.of(scores).median());
      }
    }
    return this;
  }

  /** Markdown, nanoseconds per operation. */
  List<String> table() {
    List<String> lines = new ArrayList<>();
    lines.add(
        "| small message | ns, list | ns, CompositeByteBuf | ratio | ns, copies in one ByteBuffer |");
    lines.add("|---|---:|---:|---:|---:|");
    for (int i = 0; i < OPERATIONS.length; i++) {
      List<Double> list = rounds(OPERATIONS[i], "List");
      List<Double> composite = rounds(OPERATIONS[i], "Composite");
      lines.add(
          String.format(
              "| %s | %s | %s | %s | %s |",
              WORDS[i],
              Spread.of(list),
              Spread.of(composite),
              Spread.ofRatios(list, composite).ratio(),
              Spread.of(rounds(OPERATIONS[i], "Buffer"))));
    }
    return lines;
  }

  private List<Double> rounds(String operation, String kind) {
    return nanos.getOrDefault(operation + kind, List.of());
  }
}
