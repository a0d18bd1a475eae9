package dev.countersign.server.enrollment;

import dev.countersign.pki.CertificateRequest;
import dev.countersign.pki.FlattenedJws;
import dev.countersign.pki.InvalidRequestException;
import dev.countersign.server.http.Answers;
import dev.countersign.server.http.Call;
import dev.countersign.server.http.Caller;
import dev.countersign.server.http.Endpoints;
import dev.countersign.server.http.Endpoints.Method;
import dev.countersign.server.http.JsonBody;
import dev.countersign.server.http.RateLimits;
import dev.countersign.server.identity.Identities;
import dev.countersign.server.issuance.Admitted;
import dev.countersign.server.issuance.CsrPayload;
import dev.countersign.server.issuance.Issuance;
import dev.countersign.server.issuance.IssuedJson;
import java.util.concurrent.CompletableFuture;

/** {@code POST /v1/enroll}: the first certificate. */
public final class EnrollRoutes {
  private final EnrollmentDoor door;
  private final Identities identities;
  private final Issuance issuance;
  private final IssuedJson.Companions companions;
  private final RateLimits limits;

  public EnrollRoutes(
      EnrollmentDoor door,
      Identities identities,
      Issuance issuance,
      IssuedJson.Companions companions,
      RateLimits limits) {
    this.door = door;
    this.identities = identities;
    this.issuance = issuance;
    this.companions = companions;
    this.limits = limits;
  }

  public void register(Endpoints endpoints) {
    endpoints.recorded(Method.POST, EnrollmentDoor.PATH, this::enroll);
  }

  private CompletableFuture<?> enroll(Call call) throws InvalidRequestException {
    Caller caller = call.caller();
    limits.address(caller.remoteAddress());
    FlattenedJws jws = JsonBody.read(call, JsonBody.JOSE_JSON, FlattenedJws.class);
    Admitted admitted =
        issuance.admitted(
            () -> door.admit(jws, caller.remoteAddress(), identities::remembered),
            () -> door.admit(jws, caller.remoteAddress(), identities::find));
    limits.identity(admitted.applicant().identity().name());
    CertificateRequest request = CsrPayload.of(jws).request();
    return issuance
        .issue(admitted, request)
        .thenAccept(issued -> Answers.json(call, 200, IssuedJson.of(issued, companions)));
  }
}
