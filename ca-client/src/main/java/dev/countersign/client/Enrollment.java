package dev.countersign.client;

import com.fasterxml.jackson.databind.JsonNode;
import dev.countersign.client.ClientException.Kind;
import dev.countersign.pki.Certificate;
import dev.countersign.pki.CertificateRequest;
import dev.countersign.pki.EnrollmentKey;
import dev.countersign.pki.EnrollmentString;
import dev.countersign.pki.JwsSigner;
import dev.countersign.pki.KeyAlgorithm;
import dev.countersign.pki.Names;
import java.io.IOException;
import java.net.URI;
import java.security.KeyPair;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;

/**
 * From one pasted string to a credential folder. The server is proved by its pin before anything is
 * sent, the answer is verified before anything is written, and the same string in the same folder
 * can be tried again at any time.
 */
public final class Enrollment {
  /**
   * How to enrol.
   *
   * @param keyAlgorithm of the new key; P-256 if empty
   * @param urls asked before those in the string; the string's pins hold for them too
   * @param replace whether a credential that is already in the folder may be replaced
   * @param permissions of the files; if empty, those of the credential before, else the owner alone
   * @param identity whom it must be for; whoever the string is for if empty
   */
  public record Options(
      Optional<KeyAlgorithm> keyAlgorithm,
      List<URI> urls,
      boolean replace,
      Optional<FilePermissions> permissions,
      Optional<String> identity,
      Patience patience) {
    public static final Options USUAL =
        new Options(Optional.empty(), List.of(), false, Optional.empty(), Patience.DEFAULT);

    /** For whoever the string is for. */
    public Options(
        Optional<KeyAlgorithm> keyAlgorithm,
        List<URI> urls,
        boolean replace,
        Optional<FilePermissions> permissions,
        Patience patience) {
      this(keyAlgorithm, urls, replace, permissions, Optional.empty(), patience);
    }
  }

  /**
   * {@code wasThere} tells that the string had been used in this folder before and nothing was
   * done.
   */
  public record Enrolled(Credential credential, boolean wasThere) {}

  private static final Duration LOCK_WAIT = Duration.ofSeconds(60);
  private static final Set<String> DEAD =
      Set.of("enrollment-used", "enrollment-expired", "enrollment-cancelled");

  private final InstantSource clock;
  private final SecureRandom random;
  private final Notices notices;

  public Enrollment(InstantSource clock, SecureRandom random, Notices notices) {
    this.clock = clock;
    this.random = random;
    this.notices = notices;
  }

  public Enrolled enroll(EnrollmentString string, CredentialFolder folder, Options options) {
    FilePermissions permissions =
        options
            .permissions()
            .or(() -> folder.peek().map(CredentialInfo::permissions))
            .orElse(FilePermissions.OWNER_ONLY);
    checkGroup(permissions, folder);
    try (FolderLock lock = folder.lock(LOCK_WAIT, notices, permissions)) {
      Optional<Credential> present = present(string, folder, options);
      if (present.isPresent()) {
        new PendingKey(folder, random).clear();
        return new Enrolled(present.get(), true);
      }
      folder.give(permissions);
      return new Enrolled(ask(string, folder, options, permissions, lock), false);
    }
  }

  /** A group that is not there is found out now, not after the string is used up. */
  private static void checkGroup(FilePermissions permissions, CredentialFolder folder) {
    if (permissions.group().isPresent()) {
      try {
        permissions.principal(folder.path());
      } catch (IOException e) {
        throw LocalFiles.failure("give the files to their group", folder.path(), e);
      }
    }
  }

  private Optional<Credential> present(
      EnrollmentString string, CredentialFolder folder, Options options) {
    if (options.replace() || !folder.isUsed()) {
      return Optional.empty();
    }
    Credential credential = folder.read();
    if (credential.info().enrollment().equals(Optional.of(string.enrollmentId()))) {
      if (credential.isExpired(clock.instant())) {
        throw new ClientException(
            Kind.EXPIRED,
            "This string was already used for the credential in "
                + folder.path()
                + ", which expired at "
                + credential.info().notAfter()
                + ". Try countersign renew, or ask for a new string.");
      }
      return Optional.of(credential);
    }
    throw new ClientException(
        Kind.LOCAL_FILES,
        "There is already a credential for "
            + credential.info().identity()
            + " in "
            + folder.path()
            + ", valid until "
            + credential.info().notAfter()
            + ". To keep it fresh use countersign renew; to replace it add --replace; else name"
            + " another folder with --dir.");
  }

  private Credential ask(
      EnrollmentString string,
      CredentialFolder folder,
      Options options,
      FilePermissions permissions,
      FolderLock lock) {
    PendingKey pending = new PendingKey(folder, random);
    String purpose = "enrollment " + string.enrollmentId();
    boolean tried = pending.isKept(purpose);
    KeyPair key = pending.keyFor(purpose, options.keyAlgorithm(), KeyAlgorithm.P256);
    List<URI> urls = new ArrayList<>(options.urls());
    urls.addAll(string.endpoints());
    Endpoints endpoints = new Endpoints(urls);

    CaConnection connection = CaConnection.pinned(string, options.patience(), clock);
    SignedRequests requests = new SignedRequests(connection, clock, notices);
    JwsSigner proof = JwsSigner.of(EnrollmentKey.derive(string.seed()));
    byte[] payload = csr(key);
    Map<String, Object> header = Map.of("kid", string.enrollmentId());
    JsonNode json;
    try {
      json =
          endpoints.ask(
              base -> {
                notices.working("asking " + base + " for a certificate");
                return requests.post(Endpoints.resolve(base, "/v1/enroll"), header, payload, proof);
              },
              new Retries(options.patience(), random, notices));
    } catch (ClientException e) {
      if (isForNothing(e, tried, connection)) {
        pending.clear();
        lock.removeWhatWasMade();
      }
      throw withLifeOf(string, e);
    }
    Predicate<Certificate> pinned = root -> string.pins().contains(root.pin());
    IssuedAnswer answer =
        IssuedAnswer.verified(json, key.getPublic(), pinned, identity -> true, requests.now());
    options.identity().ifPresent(wanted -> requireIdentity(wanted, answer, folder));
    TrustBundle trust = answer.trust().atFirst(pinned, requests.now());
    CredentialInfo info =
        new CredentialInfo(
            answer.identity(),
            answer.profile(),
            answer.certificate().serial(),
            answer.certificate().notBefore(),
            answer.certificate().notAfter(),
            endpoints.urls(),
            Optional.of(connection.server().id()),
            trust.number(),
            answer.denials(),
            answer.renewal(),
            Optional.of(string.enrollmentId()),
            permissions,
            Map.of());
    Credential written =
        new GenerationWriter(folder, random)
            .write(
                new GenerationWriter.Content(
                    key,
                    answer.certificate(),
                    answer.chain(),
                    trust.roots(),
                    answer.crls(new CrlDownload(connection, notices)).pem(),
                    info),
                lock);
    pending.clear();
    return written;
  }

  /** The key is kept: with it, the string is still good for the certificate of its identity. */
  private static void requireIdentity(String wanted, IssuedAnswer answer, CredentialFolder folder) {
    if (!answer.identity().equals(wanted)) {
      throw new ClientException(
          Kind.REFUSED,
          "The enrolment string is for \""
              + answer.identity()
              + "\", not for \""
              + wanted
              + "\", so that nothing was put in force in "
              + folder.path()
              + ". Ask the authority's operator for a string for "
              + wanted
              + "; if "
              + answer.identity()
              + " was meant, the same string can be used again in that folder.");
    }
  }

  /**
   * Whether the key that waits for its certificate will never get it. After an earlier attempt,
   * whose answer may have been lost, only a string that is dead says so: with that very key alone,
   * the string is good for the same certificate again.
   */
  private static boolean isForNothing(
      ClientException failure, boolean tried, CaConnection connection) {
    if (failure instanceof RefusedException refused) {
      return !tried || DEAD.contains(refused.problem().word());
    }
    return !tried && !connection.hasMet();
  }

  private ClientException withLifeOf(EnrollmentString string, ClientException failure) {
    return failure instanceof UnusableAnswerException && clock.instant().isAfter(string.notAfter())
        ? new UnusableAnswerException(
            failure.getMessage()
                + " The string itself expired at "
                + string.notAfter()
                + ": ask for a new one as well.",
            failure)
        : failure;
  }

  /** No names: the authority knows which ones the identity has. */
  static byte[] csr(KeyPair key) {
    byte[] der = CertificateRequest.create(key, Optional.empty(), Names.none());
    return SignedRequests.bytes(
        Map.of("csr", java.util.Base64.getUrlEncoder().withoutPadding().encodeToString(der)));
  }
}
