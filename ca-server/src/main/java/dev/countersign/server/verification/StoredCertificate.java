package dev.countersign.server.verification;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A row of the table of certificates as it stands there, nothing of it read into types that would
 * refuse it, and what stands beside it in other tables.
 */
@SuppressWarnings("ArrayRecordComponent") // compared part by part, never as a whole
record StoredCertificate(Columns columns, Standing standing, Beside beside) {

  /** What says the same as the certificate itself. */
  record Columns(
      long number,
      String serial,
      byte[] der,
      String identity,
      String issuer,
      String subject,
      byte[] keyHash,
      Instant notBefore,
      Instant notAfter) {}

  /** What became of it. */
  record Standing(String status, State state, @Nullable Long sequence) {}

  /** Since when and why it is not to be trusted, here or in the table of denials. */
  record State(
      @Nullable Instant revokedAt, @Nullable String reason, @Nullable Instant invalidityDate) {}

  /** Null where there is no such row. */
  record Beside(
      @Nullable Denied denial,
      @Nullable Key key,
      boolean identityKnown,
      @Nullable Renewed previous) {}

  /** The denial that the certificate's sequence names. */
  record Denied(String serial, Instant notAfter, State state) {}

  /** Of the table of keys. */
  record Key(String identity, boolean denied) {}

  /**
   * The certificate that it is said to have renewed.
   *
   * @param lineage of the one that renewed it
   * @param foundIdentity null when there is none of this serial
   */
  record Renewed(
      String serial,
      @Nullable String lineage,
      @Nullable String foundIdentity,
      @Nullable String foundLineage) {}

  /** An event with this certificate's serial. */
  record Event(String serial, String action, @Nullable String identity) {}

  /** A name in the table of names. */
  record Name(long certificate, String kind, String san) {}
}
