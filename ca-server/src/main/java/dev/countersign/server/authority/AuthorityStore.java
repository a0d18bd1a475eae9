package dev.countersign.server.authority;

import dev.countersign.pki.Certificate;
import dev.countersign.pki.RevocationReason;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jdbi.v3.core.Handle;

/** The rows of authorities and trust bundles. Keys are never among them. */
final class AuthorityStore {
  private AuthorityStore() {}

  record Row(String name, Authority.Kind kind, Authority.State state, Certificate certificate) {}

  static boolean isFounded(Handle handle) {
    return handle.createQuery("select count(*) from authority").mapTo(Long.class).one() > 0;
  }

  static void insert(Handle handle, Authority authority, Instant now) {
    handle
        .createUpdate(
            "insert into authority (name, kind, certificate, state, created_at)"
                + " values (:name, :kind, :certificate, :state, :now)")
        .bind("name", authority.name())
        .bind("kind", authority.kind().label())
        .bind("certificate", authority.certificate().encoded())
        .bind("state", authority.state().label())
        .bind("now", now)
        .execute();
  }

  /**
   * Guarded by the state that the decision was made on.
   *
   * @throws IllegalStateException when it is not active any more
   */
  static void revoke(Handle handle, RevokedAuthority revoked) {
    // Taken first: a node that is just recording what this CA has certified commits before, and is
    // waited for; the next one sees that the CA is revoked. An update alone would not wait.
    handle
        .createQuery("select name from authority where name = :name for update")
        .bind("name", revoked.name())
        .mapTo(String.class)
        .findOne();
    int rows =
        handle
            .createUpdate(
                "update authority set state = 'revoked' where name = :name and state = 'active'")
            .bind("name", revoked.name())
            .execute();
    if (rows != 1) {
      throw new IllegalStateException(revoked.name() + " is not active any more.");
    }
    handle
        .createUpdate(
            """
            insert into authority_revocation
              (authority, revoked_at, revocation_reason, ocsp_sha1, ocsp_sha256)
              values (:name, :at, :reason, :sha1, :sha256)
            """)
        .bind("name", revoked.name())
        .bind("at", revoked.revokedAt())
        .bind("reason", revoked.reason().label())
        .bind("sha1", revoked.answers().sha1())
        .bind("sha256", revoked.answers().sha256())
        .execute();
  }

  static List<RevokedAuthority> revoked(Handle handle) {
    return handle
        .createQuery(
            """
            select name, certificate, revoked_at, revocation_reason, ocsp_sha1, ocsp_sha256
              from authority join authority_revocation on authority = name
              order by revoked_at, name
            """)
        .map(
            (row, context) ->
                new RevokedAuthority(
                    row.getString("name"),
                    Certificate.parse(row.getBytes("certificate")),
                    row.getObject("revoked_at", OffsetDateTime.class).toInstant(),
                    RevocationReason.parse(row.getString("revocation_reason")),
                    new RootAnswers(row.getBytes("ocsp_sha1"), row.getBytes("ocsp_sha256"))))
        .list();
  }

  static int insertTrustDomain(Handle handle, String name) {
    return handle
        .createUpdate("insert into trust_domain (name) values (:name)")
        .bind("name", name)
        .execute();
  }

  static String trustDomain(Handle handle) {
    return handle.createQuery("select name from trust_domain").mapTo(String.class).one();
  }

  static void insert(Handle handle, TrustBundle bundle, Instant now) {
    handle
        .createUpdate(
            "insert into trust_bundle (number, created_at, roots) values (:number, :now, :roots)")
        .bind("number", bundle.number())
        .bind("now", now)
        .bind(
            "roots", bundle.roots().stream().map(Certificate::toPem).collect(Collectors.joining()))
        .execute();
  }

  /** Oldest first: an issuer stands before what it certified. */
  static List<Row> all(Handle handle) {
    return handle
        .createQuery(
            "select name, kind, state, certificate from authority order by kind desc, name")
        .map(
            (row, context) ->
                new Row(
                    row.getString("name"),
                    Authority.Kind.valueOf(row.getString("kind").toUpperCase(Locale.ROOT)),
                    Authority.State.valueOf(row.getString("state").toUpperCase(Locale.ROOT)),
                    Certificate.parse(row.getBytes("certificate"))))
        .list();
  }

  static Optional<TrustBundle> newestBundle(Handle handle) {
    return handle
        .createQuery("select number, roots from trust_bundle order by number desc limit 1")
        .map(
            (row, context) ->
                new TrustBundle(
                    row.getLong("number"), Certificate.parsePem(row.getString("roots"))))
        .findOne();
  }
}
