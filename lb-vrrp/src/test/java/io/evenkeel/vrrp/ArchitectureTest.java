package io.evenkeel.vrrp;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.belongToAnyOf;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideOutsideOfPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.junit.jupiter.api.Assertions.assertEquals;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.time.Clock;
import java.time.Instant;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Holds the arrows between the packages, and what each package may reach outside them. */
class ArchitectureTest {
  private static final String ROOT = "io.evenkeel.vrrp";
  private static final String PROTOCOL = "io.evenkeel.vrrp.protocol";
  private static final String TRACK = "io.evenkeel.vrrp.track";
  private static final String WITNESS = "io.evenkeel.vrrp.witness";
  private static final String KERNEL = "io.evenkeel.kernel";
  private static final String NET = "io.evenkeel.kernel.net";
  private static final String HOOK = "io.evenkeel.hook";

  /** Every package, and what of ours it may use. A new package needs a line here. */
  private static final Map<String, Set<String>> USES =
      new TreeMap<>(
          Map.of(
              PROTOCOL, Set.of(),
              TRACK, Set.of("io.evenkeel", HOOK, "io.evenkeel.model", KERNEL, NET),
              WITNESS, Set.of(ROOT),
              ROOT, Set.of(PROTOCOL, TRACK, HOOK, "io.evenkeel.model", KERNEL, NET)));

  private static final JavaClasses CLASSES =
      new ClassFileImporter()
          .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
          .importPackages(ROOT);

  @Test
  void packages_all_areListed() {
    Set<String> found = new TreeSet<>();
    CLASSES.forEach(type -> found.add(type.getPackageName()));

    assertEquals(USES.keySet(), found);
  }

  @ParameterizedTest
  @MethodSource("packages")
  void package_any_usesOnlyWhatItMay(String name) {
    classes()
        .that()
        .resideInAPackage(name)
        .should()
        .onlyDependOnClassesThat(
            resideOutsideOfPackage("io.evenkeel..")
                .or(resideInAPackage(name))
                .or(resideInAnyPackage(USES.get(name).toArray(String[]::new))))
        .check(CLASSES);
  }

  static Set<String> packages() {
    return USES.keySet();
  }

  /** Who wants VRRP alone can leave these out. */
  @Test
  void libraries_ofTheDirector_areNotUsed() {
    noClasses()
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(
            "io.netty..", "com.github.benmanes.caffeine..", "io.github.resilience4j..", "jnr..")
        .check(CLASSES);
  }

  @Test
  void protocol_isPure() {
    noClasses()
        .that()
        .resideInAPackage(PROTOCOL)
        .should()
        .dependOnClassesThat(
            resideInAnyPackage(
                    "java.io..",
                    "java.nio.channels..",
                    "java.nio.file..",
                    "java.util.concurrent..",
                    "org.slf4j..")
                .or(belongToAnyOf(Thread.class, Clock.class, Random.class)))
        .orShould()
        .callMethod(System.class, "nanoTime")
        .orShould()
        .callMethod(System.class, "currentTimeMillis")
        .orShould()
        .callMethod(Instant.class, "now")
        .check(CLASSES);
  }

  @Test
  void processes_any_areNotStarted() {
    noClasses()
        .should()
        .dependOnClassesThat()
        .belongToAnyOf(Process.class, ProcessBuilder.class)
        .check(CLASSES);
  }
}
