package dev.countersign.server.enrollment;

import dev.countersign.server.access.Access;
import dev.countersign.server.access.Operator;
import dev.countersign.server.http.Answers;
import dev.countersign.server.http.Caller;
import dev.countersign.server.http.Endpoints;
import dev.countersign.server.http.JsonBody;
import dev.countersign.server.http.Parameters;
import dev.countersign.server.identity.Identities;
import dev.countersign.server.identity.Identity;
import dev.countersign.server.paging.Page;
import dev.countersign.server.refusal.Refusal;
import dev.countersign.server.refusal.Refusal.Kind;
import io.javalin.http.Context;
import io.javalin.http.HandlerType;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;

/** {@code /v1/enrollments}: operators make, list and cancel them. */
public final class EnrollmentRoutes {
  private static final Duration DEFAULT_LIFE = Duration.ofHours(1);

  private final Enrollments enrollments;
  private final Identities identities;
  private final Access access;

  public EnrollmentRoutes(Enrollments enrollments, Identities identities, Access access) {
    this.enrollments = enrollments;
    this.identities = identities;
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
          enrollment.createdBy());
    }
  }

  record CreatedJson(EnrollmentJson enrollment, String string) {}

  public void register(Endpoints endpoints) {
    endpoints.waiting(HandlerType.GET, "/v1/enrollments", this::list);
    endpoints.waiting(HandlerType.POST, "/v1/enrollments", this::create);
    endpoints.waiting(HandlerType.DELETE, "/v1/enrollments/{id}", this::cancel);
  }

  private void list(Context ctx) {
    access.operator(Caller.of(ctx), Access.READERS);
    Parameters.only(ctx, Set.of("identity", "state", "limit", "cursor"));
    EnrollmentFilter filter =
        new EnrollmentFilter(
            Parameters.text(ctx, "identity", 64),
            Parameters.word(ctx, "state", Enrollment.State::parse));
    Page page = new Page(Parameters.limit(ctx), Parameters.cursor(ctx));
    Answers.json(ctx, 200, enrollments.list(filter, page).map(EnrollmentJson::of));
  }

  private void create(Context ctx) {
    Operator operator = access.operator(Caller.of(ctx), Access.WRITERS);
    NewEnrollmentBody body = JsonBody.read(ctx, NewEnrollmentBody.class);
    operator.mayTouch(identity(body.identity()).role());
    CreatedEnrollment created =
        enrollments.create(
            body.identity(),
            body.profile(),
            body.ttl().orElse(DEFAULT_LIFE),
            body.uses().orElse(1),
            operator.actor());
    Answers.json(
        ctx,
        201,
        new CreatedJson(
            EnrollmentJson.of(created.enrollment()), created.string().encode()));
  }

  private void cancel(Context ctx) {
    Operator operator = access.operator(Caller.of(ctx), Access.WRITERS);
    String id = ctx.pathParam("id");
    Enrollment before =
        (id.length() > 64 ? Optional.<Enrollment>empty() : enrollments.find(id))
            .orElseThrow(
                () -> new Refusal(Kind.NOT_FOUND, "There is no enrolment with this id."));
    operator.mayTouch(identity(before.identity()).role());
    Answers.json(
        ctx, 200, EnrollmentJson.of(enrollments.cancel(before.id(), operator.actor())));
  }

  private Identity identity(String name) {
    return identities.find(name).orElseThrow(() -> Identities.unknown(name));
  }
}
