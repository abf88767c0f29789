package io.sluice.bufferlist;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;

/** What the kernel says this process holds: its pipes and memfds, counted or not. */
final class OpenDescriptors {
  private OpenDescriptors() {}

  /** How many descriptors of each watched kind. */
  static Map<String, Long> count() {
    Map<String, Long> counts = new TreeMap<>(Map.of("pipe ends", 0L, "memfds", 0L));
    try (DirectoryStream<Path> links = Files.newDirectoryStream(Path.of("/proc/self/fd"))) {
      for (Path link : links) {
        String kind = kindOf(link);
        if (kind != null) {
          counts.merge(kind, 1L, Long::sum);
        }
      }
    } catch (IOException e) {
      throw new IllegalStateException("/proc/self/fd cannot be read", e);
    }
    return counts;
  }

  private static String kindOf(Path link) {
    String target;
    try {
      target = Files.readSymbolicLink(link).toString();
    } catch (IOException e) {
      return null; // closed meanwhile, such as the listing's own descriptor
    }
    if (target.startsWith("pipe:")) {
      return "pipe ends";
    }
    return target.startsWith("/memfd:") ? "memfds" : null;
  }
}
