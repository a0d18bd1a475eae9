package dev.countersign.client;

import dev.countersign.pki.RevocationReason;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Optional;

/**
 * What a revocation list says about a certificate, or about a CA above it.
 *
 * @param since the revocation date
 * @param ca the subject of the CA above, if it is that which was revoked
 */
public record Revoked(Instant since, RevocationReason reason, Optional<String> ca) {

  /** A hold can be lifted; everything else is for good (RFC 5280 5.3.1). */
  public boolean isOnHold() {
    return reason == RevocationReason.CERTIFICATE_HOLD;
  }

  /** The state in one word. */
  public String state() {
    return isOnHold() ? "on-hold" : "revoked";
  }

  /** As the end of a sentence about whoever shows the certificate. */
  public String reasonNotToTrust() {
    return who(ca)
        + (isOnHold() ? " has been on hold since " : " was revoked at ")
        + since
        + " ("
        + reason.label()
        + ")";
  }

  /** The same, where it is not known since when. */
  public static String reasonNotToTrust(RevocationReason reason, Optional<String> ca) {
    return who(ca)
        + (reason == RevocationReason.CERTIFICATE_HOLD ? " is on hold (" : " is revoked (")
        + reason.label()
        + ")";
  }

  private static String who(Optional<String> ca) {
    return ca.map(subject -> "the CA \"" + subject + "\" above its certificate")
        .orElse("its certificate");
  }

  /** What happened and what to do about it, in whole sentences. */
  public String advice(Path folder) {
    String who = ca.map(subject -> "The CA \"" + subject + "\" above it").orElse("It");
    if (isOnHold()) {
      return who
          + " has been on hold since "
          + since
          + ". Ask the authority's operator to lift the hold; countersign trust --dir "
          + folder
          + "  then learns of it.";
    }
    String what =
        who + " was revoked at " + since + " (" + reason.label() + "), which is for good.";
    if (ca.isPresent()) {
      return what
          + " Get a certificate of the authority's next CA: countersign renew --dir "
          + folder;
    }
    return what
        + " Ask the authority's operator for a new enrolment string, then:"
        + " countersign enroll --replace --dir "
        + folder;
  }
}
