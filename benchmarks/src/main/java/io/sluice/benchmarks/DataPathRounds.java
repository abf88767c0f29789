package io.sluice.benchmarks;

import io.sluice.benchmarks.DataPath.Move;
import io.sluice.benchmarks.DataPath.Sample;
import io.sluice.benchmarks.DataPath.Way;
import io.sluice.bufferlist.SpliceReader;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;

/** Runs every {@link Move} by us and by C in turn, round by round, after warming up. */
final class DataPathRounds {
  /** The sizes that the table shows. */
  static final int[] SIZES = {4 << 10, 64 << 10, 1 << 20, 4 << 20};

  /** Those between, for the threshold. */
  static final int[] STEPS = {
    4 << 10, 8 << 10, 16 << 10, 32 << 10, 64 << 10, 128 << 10, 256 << 10, 1 << 20, 4 << 20
  };

  /** Calls of each way before anything counts: until the compilers are done. */
  private static final int WARM_MOVES = 20_000;

  private static final int WARM_ROUNDS = 3;

  /** Splice must cost so much less CPU before a run takes a pipe, which are the scarcer thing. */
  private static final double MARGIN = 1.1;

  private record Both(List<Sample> ours, List<Sample> limit) {}

  private final Map<Move, Both> samples = new LinkedHashMap<>();

  DataPathRounds() {
    for (boolean fromSocket : new boolean[] {false, true}) {
      for (Way way : Way.values()) {
        for (int size : way == Way.CACHE ? SIZES : STEPS) {
          samples.put(
              new Move(fromSocket, way, size), new Both(new ArrayList<>(), new ArrayList<>()));
        }
      }
    }
  }

  DataPathRounds run(DataPath path, int rounds) throws IOException, InterruptedException {
    for (Move move : samples.keySet()) {
      for (int done = 0; move.size() == SIZES[0] && done < WARM_MOVES; done += move.count()) {
        path.ours(move);
      }
    }
    for (int round = -WARM_ROUNDS; round < rounds; round++) {
      for (Map.Entry<Move, Both> each : samples.entrySet()) {
        if (round < 0) {
          path.ours(each.getKey());
        } else {
          sample(path, each.getKey(), each.getValue(), round % 2 == 0);
        }
      }
    }
    return this;
  }

  private static void sample(DataPath path, Move move, Both both, boolean oursFirst)
      throws IOException, InterruptedException {
    if (oursFirst) {
      both.ours().add(path.ours(move));
    }
    both.limit().add(path.limit(move));
    if (!oursFirst) {
      both.ours().add(path.ours(move));
    }
  }

  private static Spread of(List<Sample> samples, ToDoubleFunction<Sample> value) {
    return Spread.of(values(samples, value)).dividedBy(1000);
  }

  private static List<Double> values(List<Sample> samples, ToDoubleFunction<Sample> value) {
    return samples.stream().map(value::applyAsDouble).toList();
  }

  private static String ratio(Both both, ToDoubleFunction<Sample> value) {
    return Spread.ofRatios(values(both.ours(), value), values(both.limit(), value)).ratio();
  }

  /** Markdown, microseconds per operation. */
  List<String> table() {
    List<String> lines = new ArrayList<>();
    lines.add(
        "| from -> list -> file, by | size | us, ours | us, C | ratio | CPU us, ours | CPU us, C"
            + " | ratio |");
    lines.add("|---|---:|---:|---:|---:|---:|---:|---:|");
    samples.forEach(
        (move, both) -> {
          if (java.util.Arrays.stream(SIZES).anyMatch(size -> size == move.size())) {
            lines.add(row(move, both));
          }
        });
    return lines;
  }

  private static String row(Move move, Both both) {
    return String.format(
        "| %s, %s | %s | %s | %s | %s | %s | %s | %s |",
        move.fromSocket() ? "socket" : "file",
        switch (move.way()) {
          case MEMORY -> "memory, O_DIRECT";
          case CACHE -> "pipe, page cache";
          case DIRECT -> "pipe, O_DIRECT";
        },
        sizeName(move.size()),
        of(both.ours(), Sample::nanos),
        of(both.limit(), Sample::nanos),
        ratio(both, Sample::nanos),
        of(both.ours(), Sample::cpuNanos),
        of(both.limit(), Sample::cpuNanos),
        ratio(both, Sample::cpuNanos));
  }

  static String sizeName(int bytes) {
    return bytes < 1 << 20 ? (bytes >> 10) + " KiB" : (bytes >> 20) + " MiB";
  }

  /** How often the CPU of splicing goes into the CPU of copying through memory, by size. */
  Map<Integer, Double> gain(boolean fromSocket) {
    Map<Integer, Double> gains = new LinkedHashMap<>();
    for (int size : STEPS) {
      double memory = cpu(new Move(fromSocket, Way.MEMORY, size));
      gains.put(size, memory / cpu(new Move(fromSocket, Way.DIRECT, size)));
    }
    return gains;
  }

  private double cpu(Move move) {
    return of(samples.get(move).ours(), Sample::cpuNanos).median();
  }

  /** The smallest size from which on splicing from a socket gains by a clear margin. */
  int threshold() {
    int from = Integer.MAX_VALUE;
    for (Map.Entry<Integer, Double> each : gain(true).entrySet()) {
      from = each.getValue() < MARGIN ? Integer.MAX_VALUE : Math.min(from, each.getKey());
    }
    return from;
  }

  List<String> thresholdTable() {
    List<String> lines = new ArrayList<>();
    lines.add("| size | file: memory / splice | socket: memory / splice |");
    lines.add("|---:|---:|---:|");
    Map<Integer, Double> socket = gain(true);
    gain(false)
        .forEach(
            (size, gain) ->
                lines.add(
                    String.format(
                        "| %s%s | %.2f | %.2f |",
                        sizeName(size),
                        size == SpliceReader.PIPES_FROM ? " = PIPES_FROM" : "",
                        gain,
                        socket.get(size))));
    return lines;
  }
}
