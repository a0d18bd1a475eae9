package dev.countersign.bench.operations;

import dev.countersign.bench.load.HttpConnection;
import dev.countersign.bench.load.Load;
import dev.countersign.bench.load.Prepared;
import dev.countersign.pki.EnrollmentKey;
import dev.countersign.pki.EnrollmentString;
import dev.countersign.pki.InvalidEnrollmentStringException;
import dev.countersign.pki.Json;
import dev.countersign.pki.JwsSigner;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** A first certificate, by an enrolment. */
final class Enrol implements Operation {
  private static final int MOST_USES = 1000; // of one enrolment; openapi.yaml: at most

  @Override
  public String name() {
    return "enrol";
  }

  @Override
  public String meaning() {
    return "POST /v1/enroll, a JWS signed with the enrolment string's Ed25519 key, one use each";
  }

  @Override
  public Floor floor() {
    return Floor.CHECK_AND_SIGN;
  }

  @Override
  public Load load(Target target, Extent extent) throws IOException {
    List<byte[]> requests = new ArrayList<>();
    int uses = Math.min(MOST_USES, target.subjects().count());
    try (HttpConnection operator = target.doors().operator().connect()) {
      while (requests.size() < extent.most()) {
        requests.addAll(ofOne(target, operator, uses));
      }
    }
    return Prepared.once(target.doors().anonymous(), requests);
  }

  /** One for each use: the same key another time would get the same certificate. */
  private static List<byte[]> ofOne(Target target, HttpConnection operator, int uses)
      throws IOException {
    byte[] created = Target.expect(operator.ask(Requests.enrolment(uses)));
    EnrollmentString string;
    try {
      string = EnrollmentString.parse(Json.MAPPER.readTree(created).path("string").asText());
    } catch (InvalidEnrollmentStringException e) {
      throw new IOException("the authority made a bad enrolment string", e);
    }
    JwsSigner signer = JwsSigner.of(EnrollmentKey.derive(string.seed()));
    List<byte[]> requests = new ArrayList<>();
    for (int i = 0; i < uses; i++) {
      requests.add(
          Requests.signed(
              target.base(),
              "/v1/enroll",
              Map.of("kid", string.enrollmentId()),
              target.subjects().requestPem(i),
              signer));
    }
    return requests;
  }
}
