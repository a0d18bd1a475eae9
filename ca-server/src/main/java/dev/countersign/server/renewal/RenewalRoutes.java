package dev.countersign.server.renewal;

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

/** {@code POST /v1/renew}. */
public final class RenewalRoutes {
  private final RenewalDoor door;
  private final Identities identities;
  private final Issuance issuance;
  private final IssuedJson.Companions companions;
  private final RateLimits limits;

  public RenewalRoutes(
      RenewalDoor door,
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
    endpoints.recorded(Method.POST, RenewalDoor.PATH, this::renew);
  }

  private CompletableFuture<?> renew(Call call) throws InvalidRequestException {
    Caller caller = call.caller();
    limits.address(caller.remoteAddress());
    Admitted admitted;
    CsrPayload payload;
    switch (JsonBody.mediaType(call)) {
      case JsonBody.JOSE_JSON -> {
        FlattenedJws jws = JsonBody.read(call, JsonBody.JOSE_JSON, FlattenedJws.class);
        admitted =
            issuance.admitted(
                () -> door.admit(jws, caller.remoteAddress(), identities::remembered),
                () -> door.admit(jws, caller.remoteAddress(), identities::find));
        payload = CsrPayload.of(jws);
      }
      case JsonBody.JSON -> {
        admitted =
            issuance.admitted(
                () -> door.admit(caller, identities::remembered),
                () -> door.admit(caller, identities::find));
        payload = JsonBody.read(call, CsrPayload.class);
      }
      default -> throw JsonBody.unsupported(JsonBody.JSON, JsonBody.JOSE_JSON);
    }
    limits.identity(admitted.applicant().identity().name());
    return issuance
        .issue(admitted, payload.request())
        .thenAccept(issued -> Answers.json(call, 200, IssuedJson.of(issued, companions)));
  }
}
