package dev.countersign.bench.fill;

import com.fasterxml.jackson.core.JsonProcessingException;
import dev.countersign.pki.InvalidRequestException;
import dev.countersign.pki.Json;
import dev.countersign.pki.Names;
import dev.countersign.pki.SerialNumber;
import dev.countersign.pki.SubjectKey;
import dev.countersign.pki.SubjectName;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Makes the rows of a {@link Plan}, each as the server would have written it. */
final class Making {
  static final String PROFILE = "peer";
  private static final Duration BACK_DATING = Duration.ofSeconds(60);

  private final Plan plan;
  private final Signing signing;
  private final Serials serials;
  private final String issuer;
  private final String trustDomain;

  Making(Plan plan, Signing signing, Serials serials, String issuer, String trustDomain) {
    this.plan = plan;
    this.signing = signing;
    this.serials = serials;
    this.issuer = issuer;
    this.trustDomain = trustDomain;
  }

  static String service(long index) {
    return String.format(Locale.ROOT, "svc-%07d", index);
  }

  private Names names(String service) {
    try {
      return Names.builder()
          .dns(service + ".bench.internal")
          .uri("spiffe://" + trustDomain + "/" + service)
          .build();
    } catch (InvalidRequestException e) {
      throw new IllegalStateException(e);
    }
  }

  Rows services(long from, long to) {
    Rows rows = new Rows();
    for (long index = from; index < to; index++) {
      String name = service(index);
      rows.add(Table.IDENTITY, name, PROFILE, "active", plan.now().minus(plan.span()));
      int position = 0;
      for (SubjectName san : names(name).list()) {
        rows.add(Table.IDENTITY_NAME, name, position++, san.kind().label(), san.value());
      }
    }
    return rows;
  }

  Rows certificates(long from, long to) {
    Rows rows = new Rows();
    for (long index = from; index < to; index++) {
      certificate(rows, index);
    }
    return rows;
  }

  private void certificate(Rows rows, long index) {
    String service = service(index % plan.services());
    Names names = names(service);
    SerialNumber serial = serials.of(index);
    boolean renewed = index >= plan.services();
    String previous = renewed ? serials.of(index - plan.services()).toString() : null;
    String first = renewed ? serials.of(index % plan.services()).toString() : null;
    Instant issuedAt = plan.issuedAt(index).truncatedTo(ChronoUnit.MILLIS);
    Instant from = issuedAt.minus(BACK_DATING).truncatedTo(ChronoUnit.SECONDS);
    Instant to = from.plus(plan.life());
    SubjectKey key = signing.key();
    boolean retries = renewed && plan.retries(index);
    boolean revoked = plan.isRevoked(index);
    String reason = revoked ? (plan.isStolen(index) ? "keyCompromise" : "superseded") : null;
    Instant revokedAt = revoked ? plan.now().truncatedTo(ChronoUnit.SECONDS) : null;
    Long sequence = revoked ? plan.firstDenial() + plan.revokedBefore(index) : null;
    rows.add(Table.SUBJECT_KEY, key.sha256(), service, plan.isStolen(index));
    rows.add(
        Table.CERTIFICATE,
        plan.firstCertificate() + index,
        serial.toString(),
        signing.certificate(serial, service, names, key, from, to),
        service,
        PROFILE,
        issuer,
        "CN=" + service,
        key.sha256(),
        from,
        to,
        revoked ? "revoked" : "active",
        revokedAt,
        reason,
        sequence,
        renewed ? "renewal" : "operator",
        renewed ? previous : "bench-admin",
        retries ? "renewal:" + previous : null,
        retries ? key.sha256() : null,
        renewed ? previous : "bench-admin",
        "10.0.0.7",
        previous,
        first,
        issuedAt);
    for (SubjectName name : names.list()) {
      rows.add(
          Table.CERTIFICATE_NAME,
          name.value(),
          plan.firstCertificate() + index,
          name.kind().label());
    }
    rows.add(
        Table.EVENT,
        plan.firstEvent() + index,
        issuedAt,
        renewed ? "certificate" : "operator",
        renewed ? previous : "bench-admin",
        "10.0.0.7",
        "certificate.issued",
        service,
        serial.toString(),
        details(previous, to));
    if (revoked) {
      rows.add(Table.DENIAL, issuer, sequence, serial.toString(), to, revokedAt, reason);
      rows.add(
          Table.EVENT,
          plan.firstEvent() + plan.count() + plan.revokedBefore(index),
          revokedAt,
          "operator",
          "bench-admin",
          "10.0.0.7",
          "certificate.revoked",
          service,
          serial.toString(),
          "{\"reason\":\"" + reason + "\"}");
    }
  }

  private static String details(@Nullable String previous, Instant to) {
    Map<String, String> details = new TreeMap<>();
    details.put("profile", PROFILE);
    details.put("proof", previous == null ? "operator" : "renewal");
    details.put("proofId", previous == null ? "bench-admin" : previous);
    details.put("notAfter", to.toString());
    if (previous != null) {
      details.put("previous", previous);
    }
    try {
      return Json.MAPPER.writeValueAsString(details);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e); // texts
    }
  }
}
