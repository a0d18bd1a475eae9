package dev.countersign.server.architecture;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.simpleName;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import dev.countersign.db.Jdbc;
import java.util.Arrays;
import java.util.Set;

/** Arrows point down: Main, Wiring, doors, core, foundations, ground. */
@AnalyzeClasses(
    packages = "dev.countersign.server",
    importOptions = {DoNotIncludeTests.class, HouseRulesTest.NoTestJars.class})
class ArchitectureTest {

  private static final String SERVER = "dev.countersign.server";

  private static final String[] DOORS = packages("enrollment", "renewal", "acme", "est", "console");
  private static final String[] CORE =
      packages("identity", "issuance", "revocation", "crl", "ocsp", "feed", "cleaning");
  private static final String[] FOUNDATIONS =
      packages("policy", "lint", "authority", "keys", "ledger", "lease");
  private static final String[] GROUND = packages("refusal", "http");

  private static final DescribedPredicate<JavaClass> WIRING_OR_MAIN =
      resideInAPackage(SERVER).and(simpleName("Wiring").or(simpleName("Main")));

  private static final Set<String> SQL_METHODS =
      Set.of(
          "createQuery",
          "createUpdate",
          "createBatch",
          "createScript",
          "createCall",
          "prepareBatch",
          "execute",
          "select");

  @ArchTest
  static final ArchRule nothing_looks_up_at_main_or_wiring =
      noClasses()
          .that()
          .resideOutsideOfPackage(SERVER)
          .should()
          .dependOnClassesThat(resideInAPackage(SERVER));

  @ArchTest
  static final ArchRule the_core_knows_no_door =
      noClasses().that().resideInAnyPackage(CORE).should().dependOnClassesThat(in(DOORS));

  @ArchTest
  static final ArchRule the_foundations_know_neither_door_nor_core =
      noClasses()
          .that()
          .resideInAnyPackage(FOUNDATIONS)
          .should()
          .dependOnClassesThat(in(DOORS).or(in(CORE)));

  @ArchTest
  static final ArchRule the_ground_knows_no_feature =
      noClasses()
          .that()
          .resideInAnyPackage(GROUND)
          .should()
          .dependOnClassesThat(in(DOORS).or(in(CORE)).or(in(FOUNDATIONS)));

  @ArchTest
  static final ArchRule only_the_http_package_and_routes_know_javalin =
      noClasses()
          .that(
              not(resideInAPackage(SERVER + ".http.."))
                  .and(not(named("Routes")))
                  .and(not(WIRING_OR_MAIN)))
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("io.javalin..", "jakarta.servlet..", "org.eclipse.jetty..")
          .because("a feature says what it does, its *Routes say it in HTTP");

  @ArchTest
  static final ArchRule only_stores_speak_sql =
      noClasses()
          .that(not(named("Store")).and(not(WIRING_OR_MAIN)))
          .should()
          .callMethodWhere(
              DescribedPredicate.describe(
                  "it speaks SQL",
                  access ->
                      access.getTargetOwner().isEquivalentTo(Jdbc.class)
                          || (access.getTargetOwner().getPackageName().startsWith("org.jdbi.")
                              && SQL_METHODS.contains(access.getName()))))
          .because("a Handle may be handed on, so that acts share a transaction; SQL may not");

  @ArchTest
  static final ArchRule nobody_goes_round_jdbi =
      noClasses()
          .that(not(named("Store")))
          .should()
          .dependOnClassesThat()
          .haveFullyQualifiedName("java.sql.Connection")
          .orShould()
          .dependOnClassesThat()
          .haveFullyQualifiedName("java.sql.PreparedStatement");

  @ArchTest
  static final ArchRule bouncy_castle_stays_where_keys_and_der_are =
      noClasses()
          .that()
          .resideOutsideOfPackages(packages("keys", "lint", "authority", "crl", "ocsp"))
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("org.bouncycastle..");

  @ArchTest
  static final ArchRule few_hold_the_pen =
      noClasses()
          .that()
          .resideOutsideOfPackages(
              packages("keys", "authority", "crl", "ocsp", "feed", "issuance", "config"))
          .and(not(WIRING_OR_MAIN))
          .should()
          .callMethodWhere(
              DescribedPredicate.describe(
                  "it signs with a SigningKey",
                  access ->
                      access.getTargetOwner().getName().equals(SERVER + ".keys.SigningKey")
                          && access.getName().equals("sign")))
          .because("every signature comes out of the corridor or a ceremony");

  private static DescribedPredicate<JavaClass> named(String suffix) {
    return DescribedPredicate.describe(
        "is part of a *" + suffix, it -> outermost(it).getSimpleName().endsWith(suffix));
  }

  private static JavaClass outermost(JavaClass it) {
    return it.getEnclosingClass().map(ArchitectureTest::outermost).orElse(it);
  }

  private static String[] packages(String... names) {
    return Arrays.stream(names).map(name -> SERVER + "." + name + "..").toArray(String[]::new);
  }

  private static DescribedPredicate<JavaClass> in(String[] packages) {
    return resideInAnyPackage(packages);
  }
}
