package dev.countersign.server.architecture;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.AccessTarget.CodeUnitAccessTarget;
import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.core.importer.Location;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.InstantSource;
import java.time.temporal.Temporal;
import java.util.Date;
import java.util.Random;
import java.util.Set;
import java.util.UUID;

/**
 * What holds in every module: time and chance are handed in, and only a main class ends the
 * process.
 */
@AnalyzeClasses(
    packages = "dev.countersign",
    importOptions = {ImportOption.DoNotIncludeTests.class, HouseRulesTest.NoTestJars.class})
class HouseRulesTest {

  /**
   * The test-jars of pki and db are on the class path: as folders in the test phase, as jars after
   * it.
   */
  static class NoTestJars implements ImportOption {
    @Override
    public boolean includes(Location location) {
      return !location.contains("-tests.jar") && !location.contains("/test-classes/");
    }
  }

  private static final Set<String> COMPOSERS =
      Set.of(
          "dev.countersign.server.Wiring",
          "dev.countersign.server.Main",
          "dev.countersign.cli.Main",
          "dev.countersign.client.tls.MutualTlsBuilder");

  private static final DescribedPredicate<JavaClass> COMPOSER =
      describe(
          "are Wiring, Main, or where a program opens the library",
          it ->
              COMPOSERS.stream()
                  .anyMatch(
                      name -> it.getName().equals(name) || it.getName().startsWith(name + "$")));

  private static final DescribedPredicate<JavaClass> BENCH =
      describe(
          "are the load generator", it -> it.getPackageName().startsWith("dev.countersign.bench"));

  /** After a failed flush nothing that is in memory may be answered: the one halt below Main. */
  private static final DescribedPredicate<JavaClass> FATAL =
      describe(
          "are the handler of a failed flush",
          it -> it.getName().startsWith("dev.countersign.db.FatalHandler"));

  @ArchTest
  static final ArchRule time_is_handed_in =
      noClasses()
          .that(DescribedPredicate.not(COMPOSER.or(BENCH)))
          .should()
          .accessTargetWhere(describe("it reads the ambient clock", HouseRulesTest::readsTheClock))
          .because("an InstantSource is a constructor argument, so that a test can set it");

  @ArchTest
  static final ArchRule chance_is_handed_in =
      noClasses()
          .that(DescribedPredicate.not(COMPOSER.or(BENCH)))
          .should()
          .accessTargetWhere(describe("it draws ambient random numbers", HouseRulesTest::draws))
          .because("a SecureRandom is a constructor argument, chosen once");

  @ArchTest
  static final ArchRule only_a_main_class_ends_the_process =
      noClasses()
          .that(DescribedPredicate.not(COMPOSER.or(BENCH).or(FATAL)))
          .should()
          .accessTargetWhere(describe("it ends the process", HouseRulesTest::ends))
          .because("who ends a process must be able to say what is lost with it");

  private static boolean readsTheClock(JavaAccess<?> access) {
    JavaClass owner = access.getTargetOwner();
    return switch (access.getName()) {
      case "now" -> owner.isAssignableTo(Temporal.class) && !given(access, Clock.class);
      case "currentTimeMillis" -> owner.isEquivalentTo(System.class);
      case "system" -> owner.isEquivalentTo(InstantSource.class);
      case "systemUTC", "systemDefaultZone", "tickMillis", "tickSeconds", "tickMinutes" ->
          owner.isEquivalentTo(Clock.class);
      case "<init>" -> owner.isEquivalentTo(Date.class) && parameters(access) == 0;
      default -> owner.isEquivalentTo(Clock.class) && access.getName().equals("system");
    };
  }

  private static boolean draws(JavaAccess<?> access) {
    JavaClass owner = access.getTargetOwner();
    return switch (access.getName()) {
      case "<init>" ->
          owner.isEquivalentTo(SecureRandom.class) || owner.isEquivalentTo(Random.class);
      case "getInstance", "getInstanceStrong" -> owner.isEquivalentTo(SecureRandom.class);
      case "randomUUID" -> owner.isEquivalentTo(UUID.class);
      case "random" -> owner.isEquivalentTo(Math.class);
      case "current" -> owner.getName().equals("java.util.concurrent.ThreadLocalRandom");
      default -> false;
    };
  }

  private static boolean ends(JavaAccess<?> access) {
    JavaClass owner = access.getTargetOwner();
    return switch (access.getName()) {
      case "exit" -> owner.isEquivalentTo(System.class) || owner.isEquivalentTo(Runtime.class);
      case "halt" -> owner.isEquivalentTo(Runtime.class);
      default -> false;
    };
  }

  private static boolean given(JavaAccess<?> access, Class<?> type) {
    return access.getTarget() instanceof CodeUnitAccessTarget target
        && target.getRawParameterTypes().stream().anyMatch(it -> it.isEquivalentTo(type));
  }

  private static int parameters(JavaAccess<?> access) {
    return access.getTarget() instanceof CodeUnitAccessTarget target
        ? target.getRawParameterTypes().size()
        : 0;
  }
}
