package io.sluice.benchmarks;

import io.sluice.bufferlist.SpliceReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.openjdk.jmh.runner.RunnerException;

/**
 * What {@code benchmarks/bufferlist} runs: prints the tables, and with a folder for the docs writes
 * them down, with the plot of the threshold.
 */
public final class BufferlistReport {
  private static final String PLOT = "img/splice-threshold.svg";

  private BufferlistReport() {}

  public static void main(String[] args) throws IOException, InterruptedException, RunnerException {
    if (args.length < 3) {
      System.err.println("usage: BufferlistReport FOLDER C_SOURCE ROUNDS [DOCS]");
      System.exit(2);
    }
    int rounds = Integer.parseInt(args[2]);
    List<String> lines = new ArrayList<>();
    String load = Files.readString(Path.of("/proc/loadavg")).split(" ")[0];
    SmallMessages small = new SmallMessages().run(rounds);
    DataPathRounds moves = new DataPathRounds();
    try (DataPath path = new DataPath(Path.of(args[0]), Path.of(args[1]))) {
      moves.run(path, rounds);
      lines.addAll(small.table());
      lines.add("");
      lines.addAll(moves.table());
      lines.add("");
      lines.addAll(moves.thresholdTable());
      lines.add("");
      lines.add(verdict(moves));
      lines.add("");
      lines.add(machine(rounds, load, path));
    }
    lines.forEach(System.out::println);
    if (args.length > 3) {
      write(Path.of(args[3]), lines, moves);
    }
  }

  private static String verdict(DataPathRounds moves) {
    int threshold = moves.threshold();
    return "Splicing from a socket gains 10 % of CPU or more from **"
        + (threshold == Integer.MAX_VALUE ? "no size" : DataPathRounds.sizeName(threshold))
        + "** on; the code takes pipes from "
        + DataPathRounds.sizeName(SpliceReader.PIPES_FROM)
        + " on (`SpliceReader.PIPES_FROM`).";
  }

  private static String machine(int rounds, String load, DataPath path) throws IOException {
    return String.format(
        "%d rounds, Java %s, Linux %s, %d cores, load %s before and %s after; fallbacks: %s.",
        rounds,
        System.getProperty("java.version"),
        System.getProperty("os.version").split("-")[0],
        Runtime.getRuntime().availableProcessors(),
        load,
        Files.readString(Path.of("/proc/loadavg")).split(" ")[0],
        path.meter().snapshot().get("fallbacks"));
  }

  private static void write(Path docs, List<String> tables, DataPathRounds moves)
      throws IOException {
    Path plot = docs.resolve(PLOT);
    Files.createDirectories(plot.getParent());
    Files.writeString(
        plot, ThresholdPlot.draw(moves.gain(false), moves.gain(true), SpliceReader.PIPES_FROM));
    Path page = docs.resolve("bufferlist-benchmarks.md");
    String text;
    try (var template = BufferlistReport.class.getResourceAsStream("bufferlist-benchmarks.md")) {
      text = new String(template.readAllBytes(), StandardCharsets.UTF_8);
    }
    Files.writeString(
        page, text.replace("@TABLES@", String.join("\n", tables)).replace("@PLOT@", PLOT));
  }
}
