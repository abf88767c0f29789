package io.sluice.monitor;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.sluice.protocol.CrushView;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/**
 * The buckets and OSDs of a CRUSH map, line by line as {@code osd tree} and {@code osd df} show it.
 */
final class OsdTree {
  /** One line of a tree: a bucket, or an OSD below it. */
  record Line(int depth, CrushView.Bucket bucket, int osd, double weight) {
    boolean isOsd() {
      return bucket == null;
    }
  }

  private OsdTree() {}

  static List<Line> lines(CrushView view) {
    List<Line> lines = new ArrayList<>();
    view.roots().forEach(root -> add(view, root, 0, lines));
    return lines;
  }

  /** Of one bucket and what is below it. */
  static List<Line> lines(CrushView view, CrushView.Bucket bucket) {
    List<Line> lines = new ArrayList<>();
    add(view, bucket, 0, lines);
    return lines;
  }

  private static void add(CrushView view, CrushView.Bucket bucket, int depth, List<Line> to) {
    to.add(new Line(depth, bucket, -1, OsdMapCommands.share(bucket.weight())));
    for (int i : inOrder(view, bucket)) {
      int child = bucket.children().get(i);
      if (child >= 0) {
        to.add(new Line(depth + 1, null, child, OsdMapCommands.share(bucket.weights().get(i))));
      } else {
        view.buckets().stream()
            .filter(each -> each.id() == child)
            .forEach(each -> add(view, each, depth + 1, to));
      }
    }
  }

  /** Places of a bucket's children as Ceph shows them: by name, OSDs by number. */
  static List<Integer> inOrder(CrushView view, CrushView.Bucket bucket) {
    return IntStream.range(0, bucket.children().size())
        .boxed()
        .sorted(Comparator.comparing(i -> key(view, bucket.children().get(i))))
        .toList();
  }

  /** The other way round, as Ceph's JSON names them. */
  static List<Integer> childrenInJson(CrushView view, CrushView.Bucket bucket) {
    List<Integer> children = new ArrayList<>();
    inOrder(view, bucket).forEach(i -> children.add(0, bucket.children().get(i)));
    return children;
  }

  private static String key(CrushView view, int child) {
    return child < 0 ? view.name(child) : String.format("osd.%08d", child);
  }

  static String name(CrushView view, Line line) {
    String indent = "    ".repeat(line.depth());
    return line.isOsd()
        ? indent + view.name(line.osd())
        : indent + line.bucket().type() + " " + line.bucket().name();
  }

  static void bucket(ObjectNode node, CrushView view, Line line) {
    CrushView.Bucket bucket = line.bucket();
    node.put("id", bucket.id()).put("name", bucket.name()).put("type", bucket.type());
    node.put("type_id", bucket.typeId());
    if (line.depth() > 0) {
      node.putObject("pool_weights");
    }
    childrenInJson(view, bucket).forEach(node.putArray("children")::add);
  }

  static void place(ObjectNode node, CrushView view, Line line) {
    node.put("id", line.osd()).put("device_class", view.deviceClass(line.osd()));
    node.put("name", view.name(line.osd())).put("type", "osd").put("type_id", 0);
    node.put("crush_weight", line.weight()).put("depth", line.depth()).putObject("pool_weights");
  }
}
