package io.sluice.clustertests;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.ArchConfiguration;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaCodeUnit;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * No decoder is left out of the fuzz tests: whatever takes a {@code Decoder}, or makes one, is
 * called by what a list of targets calls, or is named here with a reason.
 *
 * <p>By calls in class files ({@link Reach}): that a fuzz test gets there, not how far it gets.
 */
class FuzzedDecodersTest {
  private static final Path TOP = Path.of("..").toAbsolutePath().normalize();
  private static final String DECODER = "io.sluice.bufferlist.Decoder";

  /** The lists that the modules' fuzz tests go through. */
  private static final List<String> LISTS =
      List.of(
          "io.sluice.client.ClientDecoders",
          "io.sluice.messenger.FrameDecoders",
          "io.sluice.monitor.MonitorDecoders",
          "io.sluice.objectstore.StoreDecoders",
          "io.sluice.osd.OsdDecoders",
          "io.sluice.osd.ClassCalls",
          "io.sluice.protocol.ProtocolDecoders");

  /**
   * A whole OSD, in which everything might be called: what counts is what {@code ClassCalls} calls
   * in it.
   */
  private static final String RIG = "io.sluice.osd.OneOsd";

  private static final String CALLED_IN_RIG = "io.sluice.osd.CallOperation";

  private static final String NUMBER = "reads one number";
  private static final String CHECKSUMS = "reads what the store's target 'checksums' does";

  /** Owners and names, and why not. */
  private static final Map<String, String> NOT_FUZZED =
      Map.ofEntries(
          Map.entry("messenger.FrameRouter.onControl", NUMBER),
          Map.entry("messenger.TwinHandshake.onFrame", "hangs up, or leaves it to its parent"),
          Map.entry("objectstore.FsckBlobs.checksums", CHECKSUMS),
          Map.entry("objectstore.FsckData.read", CHECKSUMS),
          Map.entry("objectstore.FsckObjects.ceiling", NUMBER),
          Map.entry("objectstore.IdSource.<init>", NUMBER),
          Map.entry("objectstore.OmapAhead.leftovers", "reads as many numbers as there are"),
          Map.entry("objectstore.PieceFinder.stored", CHECKSUMS),
          Map.entry("osd.EntryRing.get", "reads what its own process has written, in memory"),
          Map.entry("osd.PgMeta.load", "reads what 'log entry' and 'stored group info' do"),
          Map.entry("osd.PgMeta.loadGroups", NUMBER),
          Map.entry("osd.PgMeta.loadScrubs", "reads what 'scrub facts' of protocol does"),
          Map.entry("osd.StepPayloads.vectorOf", CHECKSUMS),
          Map.entry("protocol.OsdMap.checksum", "reads what it has just encoded itself"));

  private static JavaClasses everything() throws IOException {
    List<Path> places = new ArrayList<>();
    try (Stream<Path> modules = Files.list(TOP)) {
      for (Path module : modules.toList()) {
        String name = module.getFileName().toString();
        if (!name.equals("cluster-tests") && !name.equals("benchmarks")) {
          Stream.of("target/classes", "target/test-classes")
              .map(module::resolve)
              .filter(Files::isDirectory)
              .forEach(places::add);
        }
      }
    }
    return ArchConfiguration.withThreadLocalScope(
        configuration -> {
          configuration.setResolveMissingDependenciesFromClassPath(false); // all of ours are there
          return new ClassFileImporter().importPaths(places);
        });
  }

  private static boolean isOfProduct(JavaClass type) {
    return type.getSource().orElseThrow().getUri().getPath().contains("/target/classes/");
  }

  private static boolean isDecoder(JavaCodeUnit unit) {
    if (unit.getModifiers().contains(JavaModifier.ABSTRACT)) {
      return false;
    }
    boolean takesOne =
        unit.getRawParameterTypes().stream().anyMatch(type -> type.getName().equals(DECODER));
    boolean makesOne =
        unit.getConstructorCallsFromSelf().stream()
            .anyMatch(call -> call.getTargetOwner().getName().equals(DECODER));
    return takesOne || makesOne;
  }

  private static String name(JavaCodeUnit unit) {
    return unit.getOwner().getName().replace("io.sluice.", "") + "." + unit.getName();
  }

  @Test
  void shouldBeReachedByAFuzzTest() throws Exception {
    JavaClasses classes = everything();
    Reach reach = new Reach(classes, Set.of(RIG));
    LISTS.forEach(list -> reach.from(classes.get(list)));
    reach.from(classes.get(CALLED_IN_RIG), "apply");
    Set<JavaCodeUnit> reached = reach.all();
    Set<String> decoders = new TreeSet<>();
    Set<String> missing = new TreeSet<>();
    for (JavaClass type : classes) {
      if (isOfProduct(type) && !type.getPackageName().equals("io.sluice.bufferlist")) {
        for (JavaCodeUnit unit : type.getCodeUnits()) {
          if (isDecoder(unit)) {
            decoders.add(name(unit));
            if (!reached.contains(unit)) {
              missing.add(name(unit));
            }
          }
        }
      }
    }
    assertThat(decoders).as("decoders found at all").hasSizeGreaterThan(150);
    assertThat(missing)
        .as("decoders without a fuzz test, or that have one and are named here")
        .isEqualTo(new TreeSet<>(NOT_FUZZED.keySet()));
  }
}
