package io.sluice.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KeptStartsTest {
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
    Path jar = jar();
    Path cache = dir.resolve("kept.aot");
    ShortProcess plain = program(jar, List.of());
    assertThat(plain.exit()).isZero();
    assertThat(plain.words()).isEqualTo("it runs\n");
    assertThat(program(jar, KeptStarts.recording(cache)).exit()).isZero();
    assertThat(cache).as("left by the JVM that ended").isNotEmptyFile();
    assertThat(isUsed(jar, cache, "-Xmx100m", "-Dsluice.x=1")).isTrue();

    String compact = "-XX:+UseCompactObjectHeaders";
    assertThat(isUsed(jar, cache, compact)).as("made for other flags").isFalse();
    assertThat(withCache(jar, cache, compact)).isEqualTo(plain);

    Path half = dir.resolve("half.aot");
    Files.write(half, Arrays.copyOf(Files.readAllBytes(cache), (int) Files.size(cache) / 2));
    assertThat(withCache(jar, half)).isEqualTo(plain);
  }

  private static Path file(Path path, int bytes, long second) throws IOException {
    Files.write(path, new byte[bytes]);
    return Files.setLastModifiedTime(path, FileTime.from(second, TimeUnit.SECONDS));
  }

  /** In this mode a JVM whose cache does not fit ends. */
  private boolean isUsed(Path jar, Path cache, String... more) throws Exception {
    List<String> flags = new ArrayList<>(List.of(more));
    flags.addAll(List.of("-XX:AOTMode=on", "-XX:AOTCache=" + cache));
    return program(jar, flags).exit() == 0;
  }

  private ShortProcess withCache(Path jar, Path cache, String... more) throws Exception {
    Path old = file(dir.resolve("sluice.jar"), 1, 1000);
    Path offered = KeptStarts.beside(old, ".aot");
    Files.deleteIfExists(offered);
    Files.createLink(offered, cache);
    List<String> flags = new ArrayList<>(List.of(more));
    flags.addAll(KeptStarts.flags(old, true));
    assertThat(flags).contains("-XX:AOTCache=" + offered);
    return program(jar, flags);
  }

  /** With the flags of an OSD. */
  private ShortProcess program(Path jar, List<String> flags) throws Exception {
    List<String> line = new ArrayList<>();
    line.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    line.addAll(DaemonCommandLine.jvm(false));
    line.addAll(flags);
    line.addAll(List.of("-cp", jar.toString(), TinyProgram.class.getName()));
    return ShortProcess.run(dir.resolve("words"), line);
  }

  /** In a jar: no cache is made of directories. */
  private Path jar() throws IOException {
    Path jar = dir.resolve("program.jar");
    String file = TinyProgram.class.getName().replace('.', '/') + ".class";
    try (InputStream from = TinyProgram.class.getResourceAsStream("/" + file);
        JarOutputStream to = new JarOutputStream(Files.newOutputStream(jar))) {
      to.putNextEntry(new JarEntry(file));
      from.transferTo(to);
    }
    return jar;
  }
}
