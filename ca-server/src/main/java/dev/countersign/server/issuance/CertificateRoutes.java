package dev.countersign.server.issuance;

import dev.countersign.pki.Certificate;
import dev.countersign.server.access.Access;
import dev.countersign.server.http.Answers;
import dev.countersign.server.http.Caller;
import dev.countersign.server.http.Endpoints;
import dev.countersign.server.http.Parameters;
import dev.countersign.server.paging.Page;
import dev.countersign.server.paging.Paged;
import dev.countersign.server.refusal.Refusal;
import dev.countersign.server.refusal.Refusal.Kind;
import io.javalin.http.Context;
import io.javalin.http.HandlerType;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.Set;

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
  private final Access access;
  private final InstantSource clock;

  public CertificateRoutes(CertificateStore certificates, Access access, InstantSource clock) {
    this.certificates = certificates;
    this.access = access;
    this.clock = clock;
  }

  public void register(Endpoints endpoints) {
    endpoints.waiting(HandlerType.GET, "/v1/certificates", this::search);
    // Before the one without a suffix, which would match it too
    endpoints.waiting(HandlerType.GET, "/v1/certificates/{serial}.pem", this::pem);
    endpoints.waiting(HandlerType.GET, "/v1/certificates/{serial}", this::get);
  }

  private void search(Context ctx) {
    access.operator(Caller.of(ctx), Access.READERS);
    Parameters.only(ctx, FILTERS);
    Page page = new Page(Parameters.limit(ctx), Parameters.cursor(ctx));
    Paged<CertificateRow> rows = certificates.search(filter(ctx), page);
    if (wantsCsv(ctx)) {
      rows.next().ifPresent(next -> ctx.header("Link", "<" + following(ctx, next) + ">; rel=\"next\""));
      ctx.contentType("text/csv; charset=utf-8")
          .result(
              CertificateSummary.csv(rows.items(), clock.instant())
                  .getBytes(StandardCharsets.UTF_8));
    } else {
      Answers.json(ctx, 200, rows.map(row -> CertificateSummary.of(row, clock.instant())));
    }
  }

  private static CertificateFilter filter(Context ctx) {
    return new CertificateFilter(
        Parameters.text(ctx, "identity", 64),
        Parameters.text(ctx, "san", 2048),
        Parameters.serial(ctx),
        Parameters.keyHash(ctx),
        Parameters.text(ctx, "profile", 64),
        Parameters.text(ctx, "issuer", 64),
        Parameters.word(ctx, "status", CertificateStatus::parse),
        Parameters.time(ctx, "expiresBefore"),
        Parameters.time(ctx, "expiresAfter"));
  }

  private static boolean wantsCsv(Context ctx) {
    String accept = ctx.header("Accept");
    return accept != null && accept.contains("text/csv");
  }

  private static String following(Context ctx, String cursor) {
    StringBuilder url = new StringBuilder("/v1/certificates?");
    ctx.queryParamMap()
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

  private void get(Context ctx) {
    access.operator(Caller.of(ctx), Access.READERS);
    CertificateRow row = existing(ctx);
    Answers.json(
        ctx, 200, CertificateJson.of(row, certificates.lineage(row), clock.instant()));
  }

  private void pem(Context ctx) {
    access.operator(Caller.of(ctx), Access.READERS);
    RecordedCertificate recorded =
        certificates
            .recorded(Parameters.serialInPath(ctx))
            .orElseThrow(CertificateRoutes::unknown);
    Answers.pem(ctx, Certificate.toPem(recorded.chain()));
  }

  private CertificateRow existing(Context ctx) {
    return certificates
        .find(Parameters.serialInPath(ctx))
        .orElseThrow(CertificateRoutes::unknown);
  }

  /** The one answer for serials that were never given out, and those that are not the caller's. */
  public static Refusal unknown() {
    return new Refusal(Kind.NOT_FOUND, "There is no certificate with this serial number.");
  }
}
