package dev.countersign.server.state;

import static dev.countersign.server.state.Desk.OPERATOR;
import static dev.countersign.server.state.Desk.applicant;
import static dev.countersign.server.state.Desk.done;
import static dev.countersign.server.state.Desk.newKey;
import static dev.countersign.server.state.Desk.ofProfile;
import static dev.countersign.server.state.Desk.renewing;
import static dev.countersign.server.state.Refusals.refused;
import static org.assertj.core.api.Assertions.assertThat;

import dev.countersign.db.Dialect;
import dev.countersign.db.testing.OnEveryEngine;
import dev.countersign.db.testing.TestDatabase;
import dev.countersign.pki.SerialNumber;
import dev.countersign.server.enrollment.CreatedEnrollment;
import dev.countersign.server.enrollment.Enrollment;
import dev.countersign.server.identity.Identity;
import dev.countersign.server.identity.IdentityChange;
import dev.countersign.server.identity.Role;
import dev.countersign.server.identity.RoleChange;
import dev.countersign.server.issuance.Applicant;
import dev.countersign.server.issuance.IdentityChangedException;
import dev.countersign.server.issuance.RecordedCertificate;
import dev.countersign.server.issuance.SignedCertificate;
import dev.countersign.server.issuance.SystemProof;
import dev.countersign.server.refusal.Refusal.Kind;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** That a role is worth nothing to whoever prepared certificates or strings before it was given. */
class RolesTest {

  @OnEveryEngine
  void a_role_is_not_of_the_strings_and_certificates_from_before_it(TestDatabase test) {
    Desk desk = Desk.at(test);
    SerialNumber before = desk.issued(desk.identity("ada"));
    CreatedEnrollment open = desk.enrollment("ada");

    Identity operator = give(desk, "ada", Role.OPERATOR);

    assertThat(state(desk, open)).isEqualTo(Enrollment.State.CANCELLED);
    assertThat(desk.actions()).containsOnlyOnce("enrollment.cancelled");
    assertThat(actsByRole(desk, before)).isFalse();
    SerialNumber since = desk.issued(operator);
    assertThat(actsByRole(desk, since)).isTrue();
    CreatedEnrollment openAgain = desk.enrollment("ada");

    give(desk, "ada", Role.ADMIN);

    assertThat(state(desk, openAgain)).isEqualTo(Enrollment.State.CANCELLED);
    assertThat(actsByRole(desk, since)).isFalse();
    assertThat(desk.identities.find("ada").orElseThrow().isActive()).isTrue();
  }

  @OnEveryEngine(Dialect.H2)
  void only_new_power_ends_what_is_from_before(TestDatabase test) {
    Desk desk = Desk.at(test);
    desk.identity("root", Optional.of(Role.ADMIN));
    Identity ada = desk.identity("ada", Optional.of(Role.ADMIN));
    SerialNumber own = desk.issued(ada);
    CreatedEnrollment open = desk.enrollment("ada");

    give(desk, "ada", Role.AUDITOR); // an admin may do all that an auditor may
    assertThat(state(desk, open)).isEqualTo(Enrollment.State.OPEN);
    assertThat(actsByRole(desk, own)).isTrue();
    Identity operator = give(desk, "ada", Role.OPERATOR); // an auditor may not issue
    assertThat(state(desk, open)).isEqualTo(Enrollment.State.CANCELLED);
    assertThat(actsByRole(desk, own)).isFalse();

    SerialNumber ofOperator = desk.issued(operator);
    Identity auditor = give(desk, "ada", Role.AUDITOR); // an operator may not read the ledger
    assertThat(actsByRole(desk, ofOperator)).isFalse();
    SerialNumber ofAuditor = desk.issued(auditor);
    desk.identities.update("ada", change(Optional.empty()), OPERATOR);
    assertThat(actsByRole(desk, ofAuditor)).isTrue(); // but there is no role to act by
    give(desk, "ada", Role.AUDITOR);
    assertThat(actsByRole(desk, ofAuditor)).isFalse();
  }

  @OnEveryEngine
  void what_is_from_before_a_role_is_renewed_but_not_into_the_role(TestDatabase test) {
    Desk desk = Desk.at(test);
    Identity ada = desk.identity("ada", Optional.of(Role.AUDITOR));
    SerialNumber service = desk.issued(ada);
    SerialNumber person =
        serial(desk, ofProfile("operator", applicant(ada, new SystemProof("test"))));
    serial(desk, ofProfile("operator", renewing(ada, person)));

    Identity admin = give(desk, "ada", Role.ADMIN);

    desk.renewed(admin, service);
    refused(Kind.NOT_ALLOWED, () -> serial(desk, ofProfile("operator", renewing(admin, person))));
    SerialNumber since =
        serial(desk, ofProfile("operator", applicant(admin, new SystemProof("test"))));
    assertThat(actsByRole(desk, serial(desk, ofProfile("operator", renewing(admin, since)))))
        .isTrue();
  }

  @OnEveryEngine
  void a_string_that_is_used_while_the_role_is_given_does_not_get_it(TestDatabase test) {
    Desk desk = Desk.at(test);
    Desk other = test.dialect() == Dialect.H2 ? desk : desk.anotherNode(test);
    for (int round = 0; round < 10; round++) {
      Identity identity = desk.identity("ada" + round);
      CreatedEnrollment prepared = desk.enrollment(identity.name());
      SignedCertificate signed = desk.signed(identity, newKey());

      List<Object> results =
          Race.of(
              () ->
                  done(
                      desk.certificates.record(
                          signed,
                          ofProfile("operator", applicant(identity, desk.proofOf(prepared))))),
              () -> give(other, identity.name(), Role.ADMIN));

      Identity admin = (Identity) results.get(1);
      if (results.get(0) instanceof RecordedCertificate recorded) {
        assertThat(actsByRole(desk, recorded.certificate().serial())).isFalse();
      } else {
        assertThat(results.get(0)).isInstanceOf(IdentityChangedException.class);
        refused(
            Kind.ENROLLMENT_CANCELLED,
            () -> serial(desk, ofProfile("operator", applicant(admin, desk.proofOf(prepared)))));
      }
    }
  }

  @OnEveryEngine(Dialect.H2)
  void a_string_for_operators_is_made_after_the_role_is_given(TestDatabase test) {
    Desk desk = Desk.at(test);
    desk.identity("ada");

    assertThat(
            refused(
                Kind.NOT_ALLOWED,
                () ->
                    desk.enrollments.create(
                        "ada", Optional.of("operator"), Duration.ofHours(1), 1, OPERATOR)))
        .contains("countersign identity update ada --role");
    give(desk, "ada", Role.OPERATOR);
    desk.enrollments.create("ada", Optional.of("operator"), Duration.ofHours(1), 1, OPERATOR);
  }

  private static Identity give(Desk desk, String name, Role role) {
    return desk.identities.update(name, change(Optional.of(role)), OPERATOR);
  }

  private static IdentityChange change(Optional<Role> role) {
    return new IdentityChange(
        Optional.empty(), Optional.of(new RoleChange(role)), Optional.empty(), Optional.empty());
  }

  private static SerialNumber serial(Desk desk, Applicant applicant) {
    return done(desk.record(applicant, newKey())).certificate().serial();
  }

  private static boolean actsByRole(Desk desk, SerialNumber serial) {
    var row = desk.certificates.find(serial).orElseThrow();
    var presented = desk.certificates.presented(row.certificate()).orElseThrow();
    return presented.number() > presented.roleAfter();
  }

  private static Enrollment.State state(Desk desk, CreatedEnrollment created) {
    return desk.enrollments.find(created.enrollment().id()).orElseThrow().state();
  }
}
