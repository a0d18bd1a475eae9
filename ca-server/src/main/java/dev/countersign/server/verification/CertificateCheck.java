package dev.countersign.server.verification;

import static java.util.Objects.requireNonNull;

import dev.countersign.pki.Certificate;
import dev.countersign.pki.MalformedCertificateException;
import dev.countersign.pki.RevocationReason;
import dev.countersign.server.issuance.CertificateStatus;
import dev.countersign.server.verification.StoredCertificate.Columns;
import dev.countersign.server.verification.StoredCertificate.Denied;
import dev.countersign.server.verification.StoredCertificate.Event;
import dev.countersign.server.verification.StoredCertificate.Key;
import dev.countersign.server.verification.StoredCertificate.Renewed;
import dev.countersign.server.verification.StoredCertificate.Standing;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What has to hold of one certificate's row. */
final class CertificateCheck {

  private static final String HELD = CertificateStatus.HELD.label();
  private static final String REVOKED = CertificateStatus.REVOKED.label();

  private final Map<String, Certificate> authorities;
  private final Removed removed;

  CertificateCheck(Map<String, Certificate> authorities, Removed removed) {
    this.authorities = authorities;
    this.removed = removed;
  }

  /** The certificate itself, for who needs its names; empty when it is none. */
  static Optional<Certificate> parsed(StoredCertificate row) {
    try {
      return Optional.of(Certificate.parse(row.columns().der()));
    } catch (MalformedCertificateException e) {
      return Optional.empty();
    }
  }

  /**
   * What is wrong.
   *
   * @param events all that have its serial, of those that a certificate must have
   */
  List<String> complaints(
      StoredCertificate row, Optional<Certificate> certificate, List<Event> events) {
    List<String> complaints = new ArrayList<>();
    if (certificate.isEmpty()) {
      complaints.add("what is stored of it is not a certificate");
    } else {
      columns(row.columns(), certificate.get(), complaints);
      signature(row.columns(), certificate.get(), complaints);
    }
    standing(row, complaints);
    events(row, events, complaints);
    key(row, complaints);
    lineage(row, complaints);
    if (!row.beside().identityKnown()) {
      complaints.add("there is no identity " + row.columns().identity());
    }
    return complaints;
  }

  private static void columns(Columns row, Certificate certificate, List<String> complaints) {
    differs("serial", row.serial(), certificate.serial().toString(), complaints);
    differs("subject", row.subject(), certificate.subject(), complaints);
    differs("notBefore", row.notBefore(), certificate.notBefore(), complaints);
    differs("notAfter", row.notAfter(), certificate.notAfter(), complaints);
    if (!Arrays.equals(row.keyHash(), sha256(certificate.publicKeyInfo()))) {
      complaints.add("its key hash is not that of its key");
    }
    // As drafted: the common name, or the user id where that would be taken for a DNS name
    boolean named =
        certificate
            .commonName()
            .map(row.identity()::equals)
            .orElse(certificate.subject().equals("UID=" + row.identity()));
    if (!named) {
      complaints.add("it is not of the identity " + row.identity() + " by its subject");
    }
  }

  private static byte[] sha256(byte[] bytes) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(bytes);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  private static void differs(
      String what, Object recorded, Object certified, List<String> complaints) {
    if (!recorded.equals(certified)) {
      complaints.add(what + " is " + recorded + ", but " + certified + " in the certificate");
    }
  }

  private void signature(Columns row, Certificate certificate, List<String> complaints) {
    Certificate issuer = authorities.get(row.issuer());
    if (issuer == null) {
      complaints.add("there is no authority " + row.issuer());
      return;
    }
    if (!Arrays.equals(issuer.subjectDer(), certificate.issuerDer())) {
      complaints.add("its issuer by name is not " + row.issuer());
    }
    if (!isSignedBy(certificate, issuer)) {
      complaints.add("it was not signed by " + row.issuer());
    }
  }

  static boolean isSignedBy(Certificate certificate, Certificate issuer) {
    try {
      certificate.x509().verify(issuer.x509().getPublicKey());
      return true;
    } catch (GeneralSecurityException | RuntimeException e) { // the latter: what cannot be read
      return false;
    }
  }

  private void standing(StoredCertificate row, List<String> complaints) {
    Standing standing = row.standing();
    boolean denied = standing.status().equals(HELD) || standing.status().equals(REVOKED);
    if (denied != (standing.state().revokedAt() != null)
        || denied != (standing.state().reason() != null)) {
      complaints.add("it is " + standing.status() + ", and its time and reason do not fit that");
    }
    boolean onHold = RevocationReason.CERTIFICATE_HOLD.label().equals(standing.state().reason());
    if (standing.status().equals(HELD) != onHold) {
      complaints.add("it is " + standing.status() + " because " + standing.state().reason());
    }
    if (denied && standing.sequence() == null) {
      complaints.add("it is " + standing.status() + " without a number");
    }
    if (standing.sequence() != null) {
      denial(row, standing.sequence(), row.beside().denial(), complaints);
    }
  }

  private void denial(
      StoredCertificate row, long number, @Nullable Denied denial, List<String> complaints) {
    if (denial == null) {
      if (removed.mayLackDenial(row.columns().issuer(), row.columns().notAfter())) {
        return;
      }
      complaints.add("there is no denial " + number + " of " + row.columns().issuer());
    } else if (!denial.serial().equals(row.columns().serial())
        || !denial.notAfter().equals(row.columns().notAfter())
        || !denial.state().equals(row.standing().state())) {
      complaints.add("denial " + number + " says something else of it");
    }
  }

  private void events(StoredCertificate row, List<Event> events, List<String> complaints) {
    long issued = 0;
    for (Event event : events) {
      if (event.action().equals("certificate.issued")) {
        issued++;
      }
      if (!Objects.equals(event.identity(), row.columns().identity())) {
        complaints.add("its event " + event.action() + " is about " + event.identity());
      }
    }
    // A certificate begins a little before it is issued
    boolean old = removed.mayLackEvent(row.columns().notBefore());
    if (issued > 1 || (issued == 0 && !old)) {
      complaints.add("it has " + issued + " events certificate.issued");
    }
    String needed = needed(row.standing());
    if (needed != null
        && !removed.mayLackEvent(changed(row))
        && events.stream().noneMatch(event -> event.action().equals(needed))) {
      complaints.add("it is " + row.standing().status() + " without an event " + needed);
    }
  }

  /** At the earliest. */
  private static Instant changed(StoredCertificate row) {
    Instant at = row.standing().state().revokedAt();
    return at == null ? row.columns().notBefore() : at;
  }

  private static @Nullable String needed(Standing standing) {
    if (standing.status().equals(REVOKED)) {
      return "certificate.revoked";
    }
    if (standing.status().equals(HELD)) {
      return "certificate.held";
    }
    return standing.sequence() == null ? null : "certificate.released";
  }

  private static void key(StoredCertificate row, List<String> complaints) {
    Key key = row.beside().key();
    if (key == null) {
      complaints.add("its key is not among the keys");
      return;
    }
    if (!key.identity().equals(row.columns().identity())) {
      complaints.add("its key is of " + key.identity());
    }
    String reason = row.standing().state().reason();
    if (RevocationReason.KEY_COMPROMISE.label().equals(reason) && !key.denied()) {
      complaints.add("its key was stolen and is not denied");
    }
  }

  private void lineage(StoredCertificate row, List<String> complaints) {
    Renewed previous = row.beside().previous();
    if (previous == null) {
      return;
    }
    if (previous.foundIdentity() == null) {
      if (removed.certificates() > 0) {
        return;
      }
      complaints.add("it renewed " + previous.serial() + ", which is not there");
    } else if (!previous.foundIdentity().equals(row.columns().identity())) {
      complaints.add("it renewed a certificate of " + previous.foundIdentity());
    } else if (!requireNonNull(previous.foundLineage()).equals(previous.lineage())) {
      complaints.add("it is not of the lineage of " + previous.serial());
    }
  }
}
