package dev.countersign.server.issuance;

import dev.countersign.pki.Certificate;
import dev.countersign.pki.SerialNumber;
import dev.countersign.server.access.Access;
import dev.countersign.server.http.Answers;
import dev.countersign.server.http.Call;
import dev.countersign.server.http.Endpoints;
import dev.countersign.server.http.Endpoints.Method;
import dev.countersign.server.http.Parameters;
import dev.countersign.server.paging.Page;
import dev.countersign.server.paging.Paged;
import dev.countersign.server.refusal.Refusal;
import dev.countersign.server.refusal.Refusal.Kind;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/** {@code /v1/certificates}: search, and one certificate. */
public final class CertificateRoutes {
  private static final Set<String> FILTERS =
      Set.of(
          "identity",
          "san",
          "serial",
          "keyHash",
          "profile",
          "issuer",
          "status",
          "expiresBefore",
          "expiresAfter",
          "limit",
          "cursor");

  private final CertificateStore certificates;
  private final Function<SerialNumber, Optional<LoadedJson>> loaded;
  private final Access access;
  private final InstantSource clock;

  /**
   * @param loaded what was heard of who has it
   */
  public CertificateRoutes(
      CertificateStore certificates,
      Function<SerialNumber, Optional<LoadedJson>> loaded,
      Access access,
      InstantSource clock) {
    this.certificates = certificates;
    this.loaded = loaded;
    this.access = access;
    this.clock = clock;
  }

  public void register(Endpoints endpoints) {
    endpoints.waiting(Method.GET, "/v1/certificates", this::search);
    // Before the one without a suffix, which would match it too
    endpoints.waiting(Method.GET, "/v1/certificates/{serial}.pem", this::pem);
    endpoints.waiting(Method.GET, "/v1/certificates/{serial}", this::get);
  }

  private void search(Call call) {
    access.operator(call.caller(), Access.READERS);
    Parameters.only(call, FILTERS);
    Page page = new Page(Parameters.limit(call), Parameters.cursor(call));
    Paged<CertificateRow> rows = certificates.search(filter(call), page);
    if (wantsCsv(call)) {
      rows.next()
          .ifPresent(next -> call.header("Link", "<" + following(call, next) + ">; rel=\"next\""));
      call.contentType("text/csv; charset=utf-8")
          .result(
              CertificateSummary.csv(rows.items(), clock.instant())
                  .getBytes(StandardCharsets.UTF_8));
    } else {
      Answers.json(call, 200, rows.map(row -> CertificateSummary.of(row, clock.instant())));
    }
  }

  private static CertificateFilter filter(Call call) {
    return new CertificateFilter(
        Parameters.text(call, "identity", 64),
        Parameters.text(call, "san", 2048),
        Parameters.serial(call),
        Parameters.keyHash(call),
        Parameters.text(call, "profile", 64),
        Parameters.text(call, "issuer", 64),
        Parameters.word(call, "status", CertificateStatus::parse),
        Parameters.time(call, "expiresBefore"),
        Parameters.time(call, "expiresAfter"));
  }

  private static boolean wantsCsv(Call call) {
    String accept = call.header("Accept");
    return accept != null && accept.contains("text/csv");
  }

  private static String following(Call call, String cursor) {
    StringBuilder url = new StringBuilder("/v1/certificates?");
    call.queryParamMap()
        .forEach(
            (name, values) -> {
              if (!name.equals("cursor")) {
                url.append(name).append('=').append(encoded(values.get(0))).append('&');
              }
            });
    return url.append("cursor=").append(encoded(cursor)).toString();
  }

  private static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }

  private void get(Call call) {
    access.operator(call.caller(), Access.READERS);
    CertificateRow row = existing(call);
    CertificateJson json =
        CertificateJson.of(row, certificates.lineage(row), clock.instant())
            .with(loaded.apply(row.serial()));
    Answers.json(call, 200, json);
  }

  private void pem(Call call) {
    access.operator(call.caller(), Access.READERS);
    RecordedCertificate recorded =
        certificates
            .recorded(Parameters.serialInPath(call))
            .orElseThrow(CertificateRoutes::unknown);
    Answers.pem(call, Certificate.toPem(recorded.chain()));
  }

  private CertificateRow existing(Call call) {
    return certificates.find(Parameters.serialInPath(call)).orElseThrow(CertificateRoutes::unknown);
  }

  /** The one answer for serials that were never given out, and those that are not the caller's. */
  public static Refusal unknown() {
    return new Refusal(
        Kind.NOT_FOUND,
        "There is no certificate with this serial number: see those that there are (countersign"
            + " certificate list).");
  }
}
