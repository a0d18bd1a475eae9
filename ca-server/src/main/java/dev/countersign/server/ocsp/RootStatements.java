package dev.countersign.server.ocsp;

import dev.countersign.pki.Certificate;
import dev.countersign.pki.RevocationReason;
import dev.countersign.server.authority.Authority;
import dev.countersign.server.authority.RevokedAuthority;
import dev.countersign.server.authority.RootAnswers;
import dev.countersign.server.issuance.Denial;
import java.math.BigInteger;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * What a root says of CAs that it has revoked: signed when it revoked them, given out long after
 * its key has left. Of the others it says nothing; its CRL does.
 */
public final class RootStatements {
  private RootStatements() {}

  /** Signs the answers; the root's key must be here. */
  public static RootAnswers revoked(
      Authority root,
      Certificate certificate,
      RevocationReason reason,
      Instant now,
      Instant until) {
    Responder responder = Responder.issuerItself(root, root.signingKey().orElseThrow());
    OcspResponseWriter writer = new OcspResponseWriter(responder, now, until);
    Denial denial = new Denial(now, reason, Optional.empty());
    OcspIssuer issuer = OcspIssuer.of(root);
    return new RootAnswers(
        answer(writer, issuer, OcspIssuer.SHA_1, certificate, denial),
        answer(writer, issuer, OcspIssuer.SHA_256, certificate, denial));
  }

  private static byte[] answer(
      OcspResponseWriter writer,
      OcspIssuer issuer,
      String hash,
      Certificate certificate,
      Denial denial) {
    byte[] certId = issuer.certId(hash, certificate.serial().toBigInteger());
    return writer.write(
        List.of(new OcspResponseWriter.Single(certId, true, Optional.of(denial))),
        Optional.empty());
  }

  /** The answer to a question about one CA that is revoked. */
  static Optional<OcspAnswer> answer(OcspRequest.Entry entry, List<RevokedAuthority> revoked) {
    BigInteger serial = new BigInteger(entry.serial());
    return revoked.stream()
        .filter(ca -> ca.certificate().serial().toBigInteger().equals(serial))
        .findFirst()
        .map(
            ca ->
                new OcspAnswer(
                    entry.hash().equals(OcspIssuer.SHA_1)
                        ? ca.answers().sha1()
                        : ca.answers().sha256(),
                    Optional.of(ca.certificate().notAfter()),
                    false));
  }
}
