package dev.countersign.server.enrollment;

import dev.countersign.server.access.Access;
import dev.countersign.server.access.Operator;
import dev.countersign.server.http.ActJson;
import dev.countersign.server.http.Answers;
import dev.countersign.server.http.Call;
import dev.countersign.server.http.Endpoints;
import dev.countersign.server.http.Endpoints.Method;
import dev.countersign.server.http.JsonBody;
import dev.countersign.server.http.Parameters;
import dev.countersign.server.ledger.Act;
import dev.countersign.server.paging.Page;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;

/** {@code /v1/enrollments}: operators make, list and cancel them. */
public final class EnrollmentRoutes {
  private static final Duration DEFAULT_LIFE = Duration.ofHours(1);

  private final Enrollments enrollments;
  private final Access access;

  public EnrollmentRoutes(Enrollments enrollments, Access access) {
    this.enrollments = enrollments;
    this.access = access;
  }

  record NewEnrollmentBody(
      String identity, Optional<String> profile, Optional<Duration> ttl, Optional<Integer> uses) {}

  record EnrollmentJson(
      String id,
      String identity,
      String profile,
      String state,
      Instant createdAt,
      Instant expiresAt,
      int uses,
      int usesLeft,
      Optional<Instant> cancelledAt,
      String createdBy) {

    static EnrollmentJson of(Enrollment enrollment) {
      return new EnrollmentJson(
          enrollment.id(),
          enrollment.identity(),
          enrollment.profile(),
          enrollment.state().label(),
          enrollment.createdAt(),
          enrollment.expiresAt(),
          enrollment.uses(),
          enrollment.usesLeft(),
          enrollment.cancelledAt(),
          enrollment.createdBy());
    }
  }

  record CreatedJson(EnrollmentJson enrollment, String string) {}

  public void register(Endpoints endpoints) {
    endpoints.waiting(Method.GET, "/v1/enrollments", this::list);
    endpoints.waiting(Method.POST, "/v1/enrollments", this::create);
    endpoints.waiting(Method.DELETE, "/v1/enrollments/{id}", this::cancel);
  }

  private void list(Call call) {
    access.operator(call.caller(), Access.READERS);
    Parameters.only(call, Set.of("identity", "state", "limit", "cursor"));
    EnrollmentFilter filter =
        new EnrollmentFilter(
            Parameters.text(call, "identity", 64),
            Parameters.word(call, "state", Enrollment.State::parse));
    Page page = new Page(Parameters.limit(call), Parameters.cursor(call));
    Answers.json(call, 200, enrollments.list(filter, page).map(EnrollmentJson::of));
  }

  private void create(Call call) {
    Operator operator = access.operator(call.caller(), Access.WRITERS);
    NewEnrollmentBody body = JsonBody.read(call, NewEnrollmentBody.class);
    CreatedEnrollment created =
        enrollments.create(
            body.identity(),
            body.profile(),
            body.ttl().orElse(DEFAULT_LIFE),
            body.uses().orElse(1),
            operator);
    Answers.json(
        call,
        201,
        new CreatedJson(EnrollmentJson.of(created.enrollment()), created.string().encode()));
  }

  private void cancel(Call call) {
    Operator operator = access.operator(call.caller(), Access.WRITERS);
    String id = call.pathParam("id");
    Act<Enrollment> act = enrollments.cancel(id, operator);
    Answers.json(call, 200, new ActJson(EnrollmentJson.of(act.result()), act.changed()));
  }
}
