package io.sluice.cli;

import java.nio.file.Path;
import java.util.List;

/**
 * What {@code ./sluice} keeps beside the jar for each Java, so that processes start and become fast
 * sooner, and the flags by which a daemon's JVM uses it. Nothing depends on it: a JVM that it does
 * not fit says nothing, and goes without.
 *
 * <pre>
 * sluice-VERSION.jsa   loaded classes, of commands and daemons
 * sluice-VERSION.aot   from Java 25 on, for OSDs: an AOT cache, which holds classes loaded and
 *                      linked, and the profiles of methods, of an OSD under load (ADR 44)
 * </pre>
 *
 * <p>A JVM takes one of them only. What is older than the jar is not offered; whether a cache was
 * made by this very JVM, with this jar and flags that agree, the JVM sees for itself.
 */
final class KeptStarts {
  private static final int CACHE_FROM = 25;

  private KeptStarts() {}

  /** For a daemon that is run from the jar. */
  static List<String> flags(Path jar, boolean isOsd) {
    Path cache = beside(jar, ".aot");
    if (isOsd && Runtime.version().feature() >= CACHE_FROM && isOfferable(cache, jar)) {
      return List.of("-Xlog:disable", "-XX:AOTCache=" + cache);
    }
    Path archive = beside(jar, ".jsa");
    return isOfferable(archive, jar)
        ? List.of("-Xlog:disable", "-Xshare:auto", "-XX:SharedArchiveFile=" + archive)
        : List.of();
  }

  /** For an OSD whose JVM leaves a cache when it ends. */
  static List<String> recording(Path cache) {
    return List.of("-Xlog:disable", "-XX:AOTCacheOutput=" + cache);
  }

  /** One that is empty could not be made here. */
  private static boolean isOfferable(Path kept, Path jar) {
    return kept.toFile().length() > 0
        && kept.toFile().lastModified() >= jar.toFile().lastModified();
  }

  static Path beside(Path jar, String suffix) {
    return jar.resolveSibling("sluice-" + System.getProperty("java.version") + suffix);
  }
}
