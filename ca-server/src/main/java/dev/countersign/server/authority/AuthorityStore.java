package dev.countersign.server.authority;

import dev.countersign.pki.Certificate;
import java.time.Instant;
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
