package dev.countersign.server.issuance;

import dev.countersign.pki.RevocationReason;
import dev.countersign.pki.SubjectName;
import dev.countersign.server.identity.NamesJson;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** One certificate in a list: as JSON, or as a line of CSV (RFC 4180). */
record CertificateSummary(
    String serial,
    String identity,
    String profile,
    String issuer,
    NamesJson names,
    Instant notBefore,
    Instant notAfter,
    String status,
    String keyHash,
    Optional<Instant> revokedAt,
    Optional<String> revocationReason) {

  private static final String HEADER =
      "serial,identity,profile,issuer,names,notBefore,notAfter,status,keyHash,revokedAt,revocationReason\r\n";

  static CertificateSummary of(CertificateRow row, Instant now) {
    return new CertificateSummary(
        row.serial().toString(),
        row.identity(),
        row.profile(),
        row.issuer(),
        NamesJson.of(row.certificate().names()),
        row.certificate().notBefore(),
        row.certificate().notAfter(),
        row.statusAt(now).label(),
        row.keyHash(),
        row.denial().map(Denial::revokedAt),
        row.denial().map(Denial::reason).map(RevocationReason::label));
  }

  static String csv(List<CertificateRow> rows, Instant now) {
    return rows.stream()
        .map(row -> line(of(row, now), row.certificate().names().list()))
        .collect(Collectors.joining("", HEADER, ""));
  }

  private static String line(CertificateSummary summary, List<SubjectName> names) {
    String all =
        names.stream()
            .map(name -> name.kind().label() + ":" + name.value())
            .collect(Collectors.joining(" "));
    return Stream.of(
            summary.serial,
            summary.identity,
            summary.profile,
            summary.issuer,
            all,
            summary.notBefore.toString(),
            summary.notAfter.toString(),
            summary.status,
            summary.keyHash,
            summary.revokedAt.map(Instant::toString).orElse(""),
            summary.revocationReason.orElse(""))
        .map(CertificateSummary::quoted)
        .collect(Collectors.joining(",", "", "\r\n"));
  }

  private static String quoted(String value) {
    return value.matches("[A-Za-z0-9:._-]*") ? value : '"' + value.replace("\"", "\"\"") + '"';
  }
}
