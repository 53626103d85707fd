package io.evenkeel.kernel;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.equivalentTo;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideOutsideOfPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.junit.jupiter.api.Assertions.assertEquals;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import io.netty.channel.EventLoop;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Holds the arrows between the packages, and what each package may reach outside them. */
class ArchitectureTest {
  private static final String ROOT = "io.evenkeel.kernel";
  private static final String CHECK = "io.evenkeel.kernel.check";
  private static final String DOCTOR = "io.evenkeel.kernel.doctor";
  private static final String NET = "io.evenkeel.kernel.net";
  private static final String NETLINK = "io.evenkeel.kernel.netlink";
  private static final String IPVS = "io.evenkeel.kernel.ipvs";
  private static final String PLANE = "io.evenkeel.kernel.plane";
  private static final String SYS = "io.evenkeel.kernel.sys";

  /** Every package, and what of ours it may use. A new package needs a line here. */
  private static final Map<String, Set<String>> USES =
      new TreeMap<>(
          Map.of(
              ROOT, Set.of(),
              SYS, Set.of(ROOT),
              NETLINK, Set.of(ROOT, SYS),
              NET, Set.of(ROOT, SYS, NETLINK),
              IPVS, Set.of(ROOT, SYS, NETLINK, NET),
              DOCTOR, Set.of(SYS, NET, IPVS),
              CHECK, Set.of(ROOT, SYS, NET, "io.evenkeel.health", "io.evenkeel.model"),
              PLANE,
                  Set.of(
                      ROOT,
                      NET,
                      IPVS,
                      "io.evenkeel",
                      "io.evenkeel.health",
                      "io.evenkeel.model",
                      "io.evenkeel.pool")));

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

  @Test
  void jnr_outsideSys_isNotUsed() {
    noClasses()
        .that()
        .resideOutsideOfPackage(SYS)
        .should()
        .dependOnClassesThat()
        .resideInAPackage("jnr..")
        .check(CLASSES);
  }

  /** Who wants the kernel alone can leave these out. */
  @Test
  void libraries_withoutTheDirector_useNoneOfThese() {
    noClasses()
        .that()
        .resideInAnyPackage(ROOT, SYS, NETLINK, NET, IPVS, DOCTOR)
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(
            "io.netty..", "com.github.benmanes.caffeine..", "io.github.resilience4j..")
        .check(CLASSES);
  }

  @Test
  void netty_check_isOnlyTheEventLoopOfTheSpi() {
    noClasses()
        .that()
        .resideInAPackage(CHECK)
        .should()
        .dependOnClassesThat(
            resideInAPackage("io.netty..")
                .and(resideOutsideOfPackage("io.netty.util.concurrent"))
                .as("are of Netty, but not its event loop")
                .and(not(equivalentTo(EventLoop.class))))
        .check(CLASSES);
  }

  @Test
  void processes_any_areNotStarted() {
    noClasses()
        .should()
        .dependOnClassesThat()
        .belongToAnyOf(Process.class, ProcessBuilder.class, ProcessHandle.class)
        .check(CLASSES);
  }
}
