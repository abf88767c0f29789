package io.sluice.clustertests;

import static com.tngtech.archunit.core.domain.JavaCall.Predicates.target;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.assignableTo;
import static com.tngtech.archunit.core.domain.properties.HasName.Predicates.nameMatching;
import static com.tngtech.archunit.core.domain.properties.HasOwner.Predicates.With.owner;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.Executors;

/** Who may know whom, as ARCHITECTURE.md draws it. */
@AnalyzeClasses(packages = "io.sluice", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {
  private static final String ROOT = "io.sluice.";

  @ArchTest
  static final ArchRule modulesFollowTheArrows =
      layeredArchitecture()
          .consideringOnlyDependenciesInAnyPackage("io.sluice..")
          .layer("bufferlist")
          .definedBy(ROOT + "bufferlist..")
          .layer("types")
          .definedBy(ROOT + "types..")
          .layer("protocol")
          .definedBy(ROOT + "protocol..")
          .layer("messenger")
          .definedBy(ROOT + "messenger..")
          .layer("objectstore")
          .definedBy(ROOT + "objectstore..")
          .layer("monitor")
          .definedBy(ROOT + "monitor..")
          .layer("osd")
          .definedBy(ROOT + "osd..")
          .layer("client")
          .definedBy(ROOT + "client..")
          .layer("cli")
          .definedBy(ROOT + "cli..")
          .optionalLayer("benchmarks")
          .definedBy(ROOT + "benchmarks..")
          .whereLayer("bufferlist")
          .mayNotAccessAnyLayer()
          .whereLayer("types")
          .mayOnlyAccessLayers("bufferlist")
          .whereLayer("protocol")
          .mayOnlyAccessLayers("types", "bufferlist")
          .whereLayer("messenger")
          .mayOnlyAccessLayers("types", "bufferlist")
          .whereLayer("objectstore")
          .mayOnlyAccessLayers("types", "bufferlist")
          .whereLayer("monitor")
          .mayOnlyAccessLayers("protocol", "messenger", "types", "bufferlist")
          .whereLayer("osd")
          .mayOnlyAccessLayers("protocol", "messenger", "objectstore", "types", "bufferlist")
          .whereLayer("client")
          .mayOnlyAccessLayers("protocol", "messenger", "types", "bufferlist");

  @ArchTest
  static final ArchRule packagesAreFreeOfCycles =
      slices().matching("io.sluice.(**)").should().beFreeOfCycles();

  @ArchTest
  static final ArchRule rocksDbStaysInTheObjectStore =
      noClasses()
          .that()
          .resideOutsideOfPackage(ROOT + "objectstore..")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("org.rocksdb..");

  @ArchTest
  static final ArchRule jnaStaysInTheBufferList =
      noClasses()
          .that()
          .resideOutsideOfPackage(ROOT + "bufferlist..")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("com.sun.jna..");

  @ArchTest
  static final ArchRule nettyStaysInTheMessengerAndTheStoresRing =
      noClasses()
          .that()
          .resideOutsideOfPackage(ROOT + "messenger..")
          .and()
          .doNotHaveFullyQualifiedName(ROOT + "objectstore.IoRing")
          .and()
          .doNotHaveFullyQualifiedName(ROOT + "objectstore.RingQueue")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("io.netty..");

  @ArchTest
  static final ArchRule logicSeesTimeOnlyThroughTheClock =
      noClasses()
          .that(areLogic())
          .should()
          .callMethod(System.class, "nanoTime")
          .orShould()
          .callMethod(System.class, "currentTimeMillis")
          .orShould()
          .callMethod(UUID.class, "randomUUID")
          .orShould()
          .callMethod(System.class, "identityHashCode", Object.class)
          .orShould()
          .dependOnClassesThat()
          .areAssignableTo(Random.class);

  @ArchTest
  static final ArchRule logicStartsNoThreads =
      noClasses()
          .that(areLogic())
          .should()
          .callMethodWhere(
              target(owner(assignableTo(Thread.class)))
                  .and(target(nameMatching("start|sleep|join"))))
          .orShould()
          .callConstructorWhere(target(owner(assignableTo(Thread.class))))
          .orShould()
          .dependOnClassesThat()
          .areAssignableTo(Executors.class);

  /**
   * The state machines of osd, monitor and client; their daemons and consensus face the real world.
   */
  private static DescribedPredicate<JavaClass> areLogic() {
    return DescribedPredicate.describe(
        "are logic of osd, monitor or client",
        type -> {
          String module = type.getPackageName();
          boolean inside =
              module.equals(ROOT + "osd")
                  || module.equals(ROOT + "monitor")
                  || module.equals(ROOT + "client");
          String name = type.getName();
          boolean worldly =
              name.contains("Daemon")
                  || name.contains("Ratis")
                  || name.contains("System")
                  || name.contains("Probe");
          return inside && !worldly;
        });
  }
}
