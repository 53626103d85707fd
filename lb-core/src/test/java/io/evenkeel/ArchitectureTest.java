package io.evenkeel;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.assignableTo;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.belongToAnyOf;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideOutsideOfPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.GeneralCodingRules.NO_CLASSES_SHOULD_ACCESS_STANDARD_STREAMS;
import static com.tngtech.archunit.library.GeneralCodingRules.NO_CLASSES_SHOULD_USE_JAVA_UTIL_LOGGING;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.junit.jupiter.api.Assertions.assertEquals;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.library.dependencies.SliceAssignment;
import com.tngtech.archunit.library.dependencies.SliceIdentifier;
import io.evenkeel.health.CheckTarget;
import io.evenkeel.health.HealthCheck;
import java.time.InstantSource;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;
import java.util.concurrent.ForkJoinTask;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadLocalRandom;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Holds the arrows between the packages, and what each package may reach outside them. */
class ArchitectureTest {
  private static final String ROOT = "io.evenkeel";
  private static final String CHECK = "io.evenkeel.check";
  private static final String HEALTH = "io.evenkeel.health";
  private static final String HOOK = "io.evenkeel.hook";
  private static final String MODEL = "io.evenkeel.model";
  private static final String PERSISTENCE = "io.evenkeel.persistence";
  private static final String POOL = "io.evenkeel.pool";
  private static final String PROXY = "io.evenkeel.proxy";
  private static final String SCHEDULE = "io.evenkeel.schedule";
  private static final String TRANSPORT = "io.evenkeel.transport";

  /** Every package, and the packages it may use. A new package needs a line here. */
  private static final Map<String, Set<String>> USES =
      new TreeMap<>(
          Map.of(
              MODEL, Set.of(),
              TRANSPORT, Set.of(),
              HOOK, Set.of(),
              POOL, Set.of(MODEL),
              SCHEDULE, Set.of(MODEL, POOL),
              PERSISTENCE, Set.of(MODEL, POOL),
              HEALTH, Set.of(MODEL),
              CHECK, Set.of(MODEL, HEALTH, TRANSPORT, HOOK),
              ROOT, Set.of(MODEL, POOL, SCHEDULE, PERSISTENCE, HEALTH, TRANSPORT, HOOK),
              PROXY, Set.of(ROOT, MODEL, POOL, TRANSPORT)));

  /** Packages that are functions of their arguments: no I/O, no threads. */
  private static final String[] PURE = {MODEL, POOL, SCHEDULE, PERSISTENCE, HEALTH};

  /** Packages that may do I/O through Netty. */
  private static final String[] NETTY = {ROOT, TRANSPORT, CHECK, PROXY};

  /** Packages that may ask what time it is. */
  private static final String[] CLOCKS = {ROOT, PROXY, CHECK, HOOK};

  private static final DescribedPredicate<JavaClass> THREADS =
      belongToAnyOf(Thread.class, ThreadGroup.class, Executors.class)
          .or(assignableTo(Executor.class))
          .or(assignableTo(ThreadFactory.class))
          .or(assignableTo(CompletionStage.class))
          .or(assignableTo(ForkJoinTask.class))
          .or(assignableTo("java.util.Timer"))
          .as("threads, executors and timers");

  private static final DescribedPredicate<JavaClass> SOCKETS =
      resideInAPackage("java.nio.channels..")
          .or(
              describe(
                  "java.net sockets",
                  (JavaClass type) ->
                      type.getPackageName().equals("java.net")
                          && type.getSimpleName().contains("Socket")
                          && !type.getSimpleName().endsWith("SocketAddress")))
          .as("sockets and channels");

  private static final DescribedPredicate<JavaClass> CLOCK_TYPES =
      assignableTo(InstantSource.class)
          .or(assignableTo("io.micrometer.core.instrument.Clock"))
          .or(assignableTo("io.netty.util.concurrent.Ticker"))
          .as("clocks");

  private static final DescribedPredicate<JavaAccess<?>> READ_A_CLOCK =
      describe(
          "reads a clock",
          access -> {
            JavaClass owner = access.getTargetOwner();
            String name = access.getTarget().getName();
            return owner.isEquivalentTo(System.class)
                ? name.equals("nanoTime") || name.equals("currentTimeMillis")
                : owner.getPackageName().equals("java.time") && name.equals("now");
          });

  private static final DescribedPredicate<JavaAccess<?>> START_A_PROCESS =
      describe(
          "starts a process",
          access ->
              access.getTargetOwner().isEquivalentTo(Runtime.class)
                  && access.getTarget().getName().equals("exec"));

  private static final DescribedPredicate<JavaAccess<?>> DRAW_UNSEEDED =
      describe(
          "draws randomness that the caller did not pass in",
          access -> {
            JavaClass owner = access.getTargetOwner();
            String name = access.getTarget().getName();
            return owner.isEquivalentTo(ThreadLocalRandom.class)
                || (owner.isEquivalentTo(Math.class) && name.equals("random"))
                || (owner.isAssignableTo(RandomGenerator.class) && name.equals("<init>"));
          });

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
    String[] allowed = USES.get(name).toArray(String[]::new);

    classes()
        .that()
        .resideInAPackage(name)
        .should()
        .onlyDependOnClassesThat(
            resideOutsideOfPackage(ROOT + "..")
                .or(resideInAPackage(name))
                .or(resideInAnyPackage(allowed)))
        .check(CLASSES);
  }

  static Set<String> packages() {
    return USES.keySet();
  }

  @Test
  void packages_all_haveNoCycles() {
    slices()
        .assignedFrom(
            new SliceAssignment() {
              @Override
              public SliceIdentifier getIdentifierOf(JavaClass type) {
                return type.getPackageName().startsWith(ROOT)
                    ? SliceIdentifier.of(type.getPackageName())
                    : SliceIdentifier.ignore();
              }

              @Override
              public String getDescription() {
                return "packages";
              }
            })
        .should()
        .beFreeOfCycles()
        .check(CLASSES);
  }

  @Test
  void netty_outsideTheShells_isNotUsed() {
    noClasses()
        .that()
        .resideOutsideOfPackages(NETTY)
        .and()
        .resideOutsideOfPackage(HEALTH)
        .should()
        .dependOnClassesThat()
        .resideInAPackage("io.netty..")
        .check(CLASSES);
  }

  @Test
  void netty_health_isNamedButNotCalled() {
    noClasses()
        .that()
        .resideInAPackage(HEALTH)
        .should()
        .dependOnClassesThat(
            resideInAPackage("io.netty..")
                .and(resideOutsideOfPackage("io.netty.channel"))
                .as("are of Netty, but not of io.netty.channel"))
        .orShould()
        .accessClassesThat()
        .resideInAPackage("io.netty..")
        .check(CLASSES);
  }

  @Test
  void pure_any_hasNoSocketsAndNoThreads() {
    noClasses()
        .that()
        .resideInAnyPackage(PURE)
        .and(not(belongToAnyOf(HealthCheck.class, CheckTarget.class)).as("are not the checks' SPI"))
        .should()
        .dependOnClassesThat(SOCKETS)
        .orShould()
        .dependOnClassesThat(THREADS)
        .check(CLASSES);
  }

  /** Except in what is handed in when the caller hands in nothing. */
  @Test
  void schedule_randomness_isAnArgument() {
    noClasses()
        .that()
        .resideInAPackage(SCHEDULE)
        .and()
        .doNotHaveFullyQualifiedName(SCHEDULE + ".ThreadRandomness")
        .should()
        .accessTargetWhere(DRAW_UNSEEDED)
        .check(CLASSES);
  }

  @Test
  void clocks_outsideTheShells_areNotRead() {
    noClasses()
        .that()
        .resideOutsideOfPackages(CLOCKS)
        .should()
        .accessTargetWhere(READ_A_CLOCK)
        .orShould()
        .dependOnClassesThat(CLOCK_TYPES)
        .check(CLASSES);
  }

  @Test
  void processes_outsideHook_areNotStarted() {
    noClasses()
        .that()
        .resideOutsideOfPackage(HOOK)
        .should()
        .accessTargetWhere(START_A_PROCESS)
        .orShould()
        .dependOnClassesThat()
        .belongToAnyOf(Process.class, ProcessBuilder.class, ProcessHandle.class)
        .check(CLASSES);
  }

  @Test
  void output_any_isNotPrinted() {
    NO_CLASSES_SHOULD_ACCESS_STANDARD_STREAMS.check(CLASSES);
  }

  @Test
  void logging_any_goesThroughSlf4j() {
    NO_CLASSES_SHOULD_USE_JAVA_UTIL_LOGGING.check(CLASSES);
  }
}
