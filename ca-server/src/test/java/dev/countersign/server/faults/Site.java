package dev.countersign.server.faults;

import dev.countersign.client.Answers;
import dev.countersign.client.Credential;
import dev.countersign.client.CredentialFolder;
import dev.countersign.client.Enrollment;
import dev.countersign.client.Notices;
import dev.countersign.client.OperatorApi;
import dev.countersign.client.Patience;
import dev.countersign.client.Renewal;
import dev.countersign.db.Database;
import dev.countersign.db.DatabaseSettings;
import dev.countersign.pki.CertificateRequest;
import dev.countersign.pki.EnrollmentString;
import dev.countersign.pki.InvalidEnrollmentStringException;
import dev.countersign.pki.KeyAlgorithm;
import dev.countersign.pki.Names;
import dev.countersign.pki.Pem;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/**
 * One authority's place on the disk, with the credentials of its clients beside it: {@code ca} is
 * the authority's folder, {@code admin} the folder of its admin's credential.
 */
record Site(Path place) {
  static final InstantSource CLOCK = InstantSource.system();
  static final SecureRandom RANDOM = new SecureRandom();

  Path directory() {
    return place.resolve("ca");
  }

  CredentialFolder folder(String name) {
    return CredentialFolder.at(place.resolve(name));
  }

  Daemon serve(String... options) throws IOException {
    return Daemon.serve(directory(), options);
  }

  /** The admin's way in, to the URL that is configured or to those given. */
  OperatorApi admin(URI... urls) {
    return OperatorApi.with(
        folder("admin").read(),
        List.of(urls),
        Patience.DEFAULT,
        CLOCK,
        new SecureRandom(),
        Notices.NONE);
  }

  static void add(OperatorApi admin, String identity) {
    admin.addIdentity(
        new Answers.NewIdentity(
            identity,
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.of(
                Answers.NameLists.of(
                    List.of(identity + ".internal"), List.of(), List.of(), List.of()))));
  }

  static EnrollmentString string(OperatorApi admin, String identity) {
    Answers.NewEnrollment wanted =
        new Answers.NewEnrollment(identity, Optional.empty(), Optional.empty(), Optional.empty());
    return parse(admin.createEnrollment(wanted).string());
  }

  static EnrollmentString parse(String string) {
    try {
      return EnrollmentString.parse(string);
    } catch (InvalidEnrollmentStringException e) {
      throw new AssertionError(string, e);
    }
  }

  static Credential enroll(EnrollmentString string, CredentialFolder folder, URI... urls) {
    Enrollment.Options options =
        new Enrollment.Options(
            Optional.empty(), List.of(urls), false, Optional.empty(), Patience.DEFAULT);
    return new Enrollment(CLOCK, RANDOM, Notices.NONE).enroll(string, folder, options).credential();
  }

  static Credential renew(CredentialFolder folder, Renewal.Proof proof) {
    Renewal.Options options =
        new Renewal.Options(true, false, Optional.empty(), proof, Patience.DEFAULT);
    return new Renewal(CLOCK, RANDOM, Notices.NONE).renew(folder, options).credential();
  }

  static String serial(Credential credential) {
    return credential.certificate().serial().toString();
  }

  static Answers.IssueRequest request(String identity) {
    byte[] csr =
        CertificateRequest.create(
            KeyAlgorithm.P256.generate(RANDOM), Optional.empty(), Names.none());
    return new Answers.IssueRequest(
        Pem.encode("CERTIFICATE REQUEST", csr),
        identity,
        Optional.of("peer"),
        Optional.empty(),
        Optional.empty());
  }

  /** Serials on record for an identity, newest first. */
  static List<String> serials(OperatorApi admin, String identity) {
    return admin.certificates(Map.of("identity", identity)).items().stream()
        .map(Answers.CertificateSummary::serial)
        .toList();
  }

  /** Serials in the ledger as issued to an identity, oldest first. */
  static List<String> issuedEvents(OperatorApi admin, String identity) {
    return admin
        .events(Map.of("identity", identity, "action", "certificate.issued"))
        .items()
        .stream()
        .map(event -> event.serial().orElseThrow())
        .toList();
  }

  /** What the database of this place says while no server has it open. */
  <T> T stored(Function<Database, T> reader) {
    try (Database database =
        Database.open(
            DatabaseSettings.embedded(directory().resolve("database")),
            (reason, cause) -> {
              throw new AssertionError(reason, cause);
            })) {
      return reader.apply(database);
    }
  }

  /** Serials on record for an identity, in the database of a server that does not run. */
  List<String> storedSerials(String identity) {
    return strings("select serial from certificate where identity = :identity", identity);
  }

  /** Serials in the ledger as issued to an identity, the same way. */
  List<String> storedEvents(String identity) {
    return strings(
        "select serial from event"
            + " where identity = :identity and action = 'certificate.issued'",
        identity);
  }

  private List<String> strings(String sql, String identity) {
    return stored(
        database ->
            database.read(
                handle ->
                    handle.createQuery(sql).bind("identity", identity).mapTo(String.class).list()));
  }
}
