package io.sluice.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KeptStartsTest {
  private static final int SECONDS_MAX = 120;
  private static final boolean HAS_CACHES = Runtime.version().feature() >= 25;

  @TempDir private Path dir;

  @Test
  void shouldOfferOnlyWhatIsNotOlderThanTheJar() throws IOException {
    Path jar = file(dir.resolve("sluice.jar"), 1, 1000);
    Path archive = KeptStarts.beside(jar, ".jsa");
    Path cache = KeptStarts.beside(jar, ".aot");
    assertThat(KeptStarts.flags(jar, true)).isEmpty();
    file(archive, 1, 999);
    file(cache, 1, 999);
    assertThat(KeptStarts.flags(jar, true)).as("both are older").isEmpty();
    file(archive, 1, 1001);
    String withArchive = "-XX:SharedArchiveFile=" + archive;
    assertThat(KeptStarts.flags(jar, true)).contains(withArchive, "-Xlog:disable");
    file(cache, 0, 1001);
    assertThat(KeptStarts.flags(jar, true)).as("could not be made").contains(withArchive);
    file(cache, 1, 1001);
    assertThat(KeptStarts.flags(jar, false)).as("a monitor").contains(withArchive);
    assertThat(KeptStarts.flags(jar, true))
        .as("a JVM takes one of them")
        .filteredOn(flag -> flag.startsWith("-XX:"))
        .containsExactly(HAS_CACHES ? "-XX:AOTCache=" + cache : withArchive);
  }

  @Test
  void shouldStartWithoutAWordWhereTheCacheDoesNotFit() throws Exception {
    Assumptions.assumeTrue(HAS_CACHES, "no AOT caches with profiles before JDK 25");
    String jars = jars();
    Path cache = dir.resolve("kept.aot");
    Ended recorded = program(jars, KeptStarts.recording(cache));
    assertThat(recorded.exit()).isZero();
    assertThat(recorded.words()).contains("sluice").hasLineCount(1);
    assertThat(cache).as("left by the JVM that ended").isNotEmptyFile();
    assertThat(isUsed(jars, cache, "-Xmx100m", "-Dsluice.x=1")).isTrue();

    String compact = "-XX:+UseCompactObjectHeaders";
    assertThat(isUsed(jars, cache, compact)).as("made for other flags").isFalse();
    assertThat(withCache(jars, cache, compact)).isEqualTo(recorded);

    Path half = dir.resolve("half.aot");
    Files.write(half, Arrays.copyOf(Files.readAllBytes(cache), (int) Files.size(cache) / 2));
    assertThat(withCache(jars, half)).isEqualTo(recorded);

    Path newer = Path.of(jars.substring(0, jars.indexOf(File.pathSeparator)));
    FileTime time = Files.getLastModifiedTime(newer);
    Files.setLastModifiedTime(newer, FileTime.fromMillis(time.toMillis() + 5000));
    assertThat(isUsed(jars, cache)).as("made for another jar").isFalse();
    assertThat(withCache(jars, cache)).isEqualTo(recorded);
  }

  private static Path file(Path path, int bytes, long second) throws IOException {
    Files.write(path, new byte[bytes]);
    return Files.setLastModifiedTime(path, FileTime.from(second, TimeUnit.SECONDS));
  }

  /** What a process said, on both of its ways, and how it ended. */
  private record Ended(int exit, String words) {}

  /** In this mode a JVM whose cache does not fit ends. */
  private boolean isUsed(String jars, Path cache, String... more) throws Exception {
    List<String> flags = new ArrayList<>(List.of(more));
    flags.addAll(List.of("-XX:AOTMode=on", "-XX:AOTCache=" + cache));
    return program(jars, flags).exit() == 0;
  }

  private Ended withCache(String jars, Path cache, String... more) throws Exception {
    Path jar = file(dir.resolve("sluice.jar"), 1, 1000);
    Path offered = KeptStarts.beside(jar, ".aot");
    Files.deleteIfExists(offered);
    Files.createLink(offered, cache);
    List<String> flags = new ArrayList<>(List.of(more));
    flags.addAll(KeptStarts.flags(jar, true));
    assertThat(flags).contains("-XX:AOTCache=" + offered);
    return program(jars, flags);
  }

  /** Our command with the flags of an OSD. */
  private Ended program(String jars, List<String> flags) throws Exception {
    List<String> line = new ArrayList<>();
    line.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    line.addAll(DaemonCommandLine.jvm(false));
    line.addAll(flags);
    line.addAll(List.of("-cp", jars, Main.class.getName(), "--version"));
    Path words = dir.resolve("words");
    Process process =
        new ProcessBuilder(line)
            .redirectErrorStream(true)
            .redirectInput(new File("/dev/null"))
            .redirectOutput(words.toFile())
            .start();
    try {
      assertThat(process.waitFor(SECONDS_MAX, TimeUnit.SECONDS)).as("%s ends", line).isTrue();
      return new Ended(process.exitValue(), Files.readString(words));
    } finally {
      process.destroyForcibly();
    }
  }

  /** The class path with jars in place of directories, which no cache is made of. */
  private String jars() throws IOException {
    List<String> entries = new ArrayList<>();
    for (String entry : System.getProperty("java.class.path").split(File.pathSeparator)) {
      Path path = Path.of(entry).toAbsolutePath();
      if (path.endsWith("test-classes") || !Files.exists(path)) {
        continue;
      }
      boolean isJar = Files.isRegularFile(path);
      entries.add((isJar ? path : jar(path, dir.resolve(entries.size() + ".jar"))).toString());
    }
    return String.join(File.pathSeparator, entries);
  }

  private static Path jar(Path classes, Path jar) throws IOException {
    try (Stream<Path> all = Files.walk(classes);
        JarOutputStream out = new JarOutputStream(Files.newOutputStream(jar))) {
      out.setLevel(0);
      for (Path file : all.filter(Files::isRegularFile).toList()) {
        out.putNextEntry(new JarEntry(classes.relativize(file).toString()));
        Files.copy(file, out);
      }
    }
    return jar;
  }
}
