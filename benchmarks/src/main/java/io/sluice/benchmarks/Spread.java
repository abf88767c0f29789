package io.sluice.benchmarks;

import java.util.Collection;
import java.util.List;
import java.util.stream.IntStream;

/** The median of samples, and the smallest and largest of them. */
record Spread(double median, double least, double most) {
  static Spread of(Collection<Double> samples) {
    double[] sorted = samples.stream().mapToDouble(Double::doubleValue).sorted().toArray();
    if (sorted.length == 0) {
      return new Spread(Double.NaN, Double.NaN, Double.NaN);
    }
    int middle = sorted.length / 2;
    double median =
        sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    return new Spread(median, sorted[0], sorted[sorted.length - 1]);
  }

  /** Of the ratios of samples that were taken in turn. */
  static Spread ofRatios(List<Double> samples, List<Double> others) {
    int count = Math.min(samples.size(), others.size());
    return of(IntStream.range(0, count).mapToObj(i -> samples.get(i) / others.get(i)).toList());
  }

  Spread dividedBy(double unit) {
    return new Spread(median / unit, least / unit, most / unit);
  }

  /** {@code median (least-most)}, with a digit behind the point where there are few before it. */
  @Override
  public String toString() {
    return Double.isNaN(median)
        ? "-"
        : number(median) + " (" + number(least) + "-" + number(most) + ")";
  }

  /** The same of a ratio, the median in bold. */
  String ratio() {
    return String.format("**%.2f** (%.2f-%.2f)", median, least, most);
  }

  static String number(double value) {
    return String.format(value < 100 ? "%.1f" : "%.0f", value);
  }
}
