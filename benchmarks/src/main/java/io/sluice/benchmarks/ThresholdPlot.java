package io.sluice.benchmarks;

import java.util.Locale;
import java.util.Map;

/** Draws where splice starts to win, as SVG: CPU through memory over CPU through pipes, by size. */
final class ThresholdPlot {
  private static final int WIDTH = 720;
  private static final int HEIGHT = 380;
  private static final int LEFT = 60;
  private static final int RIGHT = 20;
  private static final int TOP = 40;
  private static final int BOTTOM = 50;
  private static final double SMALLEST = 4 << 10;
  private static final double LARGEST = 4 << 20;

  private final StringBuilder svg = new StringBuilder();
  private final double top;

  private ThresholdPlot(double top) {
    this.top = top;
  }

  static String draw(Map<Integer, Double> file, Map<Integer, Double> socket, int pipesFrom) {
    double most = 1.5;
    for (Map<Integer, Double> line : java.util.List.of(file, socket)) {
      most = Math.max(most, line.values().stream().mapToDouble(d -> d).max().orElse(1));
    }
    ThresholdPlot plot = new ThresholdPlot(Math.ceil(most * 2) / 2);
    plot.frame(socket, pipesFrom);
    plot.line(file, "#4477aa", "file", 40);
    plot.line(socket, "#cc6633", "socket", 60);
    return plot.svg.append("</svg>\n").toString();
  }

  private void add(String format, Object... values) {
    svg.append(String.format(Locale.ROOT, format, values)).append('\n');
  }

  private static double x(double size) {
    double share = Math.log(size / SMALLEST) / Math.log(LARGEST / SMALLEST);
    return LEFT + share * (WIDTH - LEFT - RIGHT);
  }

  private double y(double gain) {
    return HEIGHT - BOTTOM - gain / top * (HEIGHT - TOP - BOTTOM);
  }

  private void frame(Map<Integer, Double> sizes, int pipesFrom) {
    add(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" font-family=\"sans-serif\""
            + " font-size=\"12\">",
        WIDTH, HEIGHT);
    add("<rect width=\"%d\" height=\"%d\" fill=\"white\"/>", WIDTH, HEIGHT);
    add(
        "<text x=\"%d\" y=\"20\" font-size=\"14\">CPU per move to an O_DIRECT file: through memory /"
            + " through pipes</text>",
        LEFT);
    for (double gain = 0; gain <= top + 0.01; gain += 0.5) {
      String colour = gain == 1 ? "#333" : "#ddd";
      add(
          "<line x1=\"%d\" x2=\"%d\" y1=\"%.1f\" y2=\"%.1f\" stroke=\"%s\"/>",
          LEFT, WIDTH - RIGHT, y(gain), y(gain), colour);
      add("<text x=\"%d\" y=\"%.1f\" text-anchor=\"end\">%.1f</text>", LEFT - 8, y(gain) + 4, gain);
    }
    for (int size : sizes.keySet()) {
      add(
          "<text x=\"%.1f\" y=\"%d\" text-anchor=\"middle\">%s</text>",
          x(size), HEIGHT - BOTTOM + 20, DataPathRounds.sizeName(size));
    }
    add(
        "<line x1=\"%.1f\" x2=\"%.1f\" y1=\"%d\" y2=\"%d\" stroke=\"#228833\""
            + " stroke-dasharray=\"5 4\"/>",
        x(pipesFrom), x(pipesFrom), TOP, HEIGHT - BOTTOM);
    add("<text x=\"%.1f\" y=\"%d\" fill=\"#228833\">PIPES_FROM</text>", x(pipesFrom) + 5, TOP + 12);
    add(
        "<text x=\"%d\" y=\"%d\" text-anchor=\"middle\">bytes moved at once</text>",
        WIDTH / 2, HEIGHT - 8);
  }

  private void line(Map<Integer, Double> gains, String colour, String name, int legend) {
    StringBuilder points = new StringBuilder();
    gains.forEach(
        (size, gain) -> points.append(String.format(Locale.ROOT, "%.1f,%.1f ", x(size), y(gain))));
    add(
        "<polyline points=\"%s\" fill=\"none\" stroke=\"%s\" stroke-width=\"2\"/>",
        points.toString().trim(), colour);
    gains.forEach(
        (size, gain) ->
            add("<circle cx=\"%.1f\" cy=\"%.1f\" r=\"3\" fill=\"%s\"/>", x(size), y(gain), colour));
    add(
        "<text x=\"%d\" y=\"%d\" fill=\"%s\">%s to list to file</text>",
        LEFT + 20, TOP + legend, colour, name);
  }
}
