package dev.countersign.server.ocsp;

import dev.countersign.pki.CertificateRequest;
import dev.countersign.pki.InvalidRequestException;
import dev.countersign.pki.KeyAlgorithm;
import dev.countersign.pki.Names;
import dev.countersign.server.authority.Authority;
import dev.countersign.server.authority.Hierarchy;
import dev.countersign.server.identity.Identity;
import dev.countersign.server.issuance.Applicant;
import dev.countersign.server.issuance.Issuance;
import dev.countersign.server.issuance.RecordedCertificate;
import dev.countersign.server.issuance.SystemProof;
import dev.countersign.server.keys.SigningKey;
import dev.countersign.server.ledger.Actor;
import dev.countersign.server.policy.Profile;
import java.security.KeyPair;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The delegated responder of the issuing CA: a key that exists in memory only, certified through
 * the corridor like any other, and renewed on the way of answering. Each node and each start has
 * its own.
 *
 * <p>An issuer that is retired, or a delegate that could not be renewed in time, is no reason to
 * give no answer: the issuing CA signs it itself then.
 */
public final class Responders {
  private static final Logger LOG = LoggerFactory.getLogger(Responders.class);

  private static final Duration PAUSE = Duration.ofMinutes(1);

  private final Issuance issuance;
  private final Hierarchy hierarchy;
  private final Supplier<Identity> self;
  private final InstantSource clock;
  private final SecureRandom random;
  private final AtomicBoolean renewing = new AtomicBoolean();
  private volatile Optional<Delegate> delegate = Optional.empty();
  private volatile Instant nextAttempt = Instant.MIN;

  private record Delegate(String issuer, Responder responder) {}

  /**
   * @param self the identity of the server itself
   */
  public Responders(
      Issuance issuance,
      Hierarchy hierarchy,
      Supplier<Identity> self,
      InstantSource clock,
      SecureRandom random) {
    this.issuance = issuance;
    this.hierarchy = hierarchy;
    this.self = self;
    this.clock = clock;
    this.random = random;
  }

  /** Gets the first certificate; returns when it is there. */
  public void start() {
    renew().join();
  }

  Optional<Responder> of(Authority issuer, Instant now) {
    Optional<Responder> found =
        delegate
            .filter(known -> known.issuer().equals(issuer.name()))
            .map(Delegate::responder)
            .filter(responder -> responder.isGoodAt(now));
    boolean active = issuer.name().equals(hierarchy.issuing().name());
    if (active && found.filter(responder -> now.isBefore(responder.renewAt())).isEmpty()) {
      renewInBackground(now);
    }
    return found.or(() -> issuer.signingKey().map(key -> Responder.issuerItself(issuer, key)));
  }

  private void renewInBackground(Instant now) {
    if (now.isBefore(nextAttempt) || !renewing.compareAndSet(false, true)) {
      return;
    }
    nextAttempt = now.plus(PAUSE); // a renewal that fails is not tried again by each request
    Thread thread =
        new Thread(
            () -> {
              try {
                renew().join();
              } catch (RuntimeException e) {
                LOG.error("The OCSP responder's certificate could not be renewed", e);
              } finally {
                renewing.set(false);
              }
            },
            "countersign-ocsp-renewal");
    thread.setDaemon(true);
    thread.start();
  }

  private CompletableFuture<Responder> renew() {
    KeyPair pair = keyAlgorithm(hierarchy.issuing().keyAlgorithm()).generate(random);
    return issuance
        .issue(issuance.admitted(this::applicant), request(pair))
        .thenApply(recorded -> use(pair, recorded));
  }

  private Applicant applicant() {
    return new Applicant(
        self.get(),
        Profile.OCSP,
        new SystemProof("ocsp"),
        Actor.system("ocsp"),
        Optional.empty(),
        Optional.of(Names.none()),
        Optional.empty());
  }

  private Responder use(KeyPair pair, RecordedCertificate recorded) {
    Responder responder =
        Responder.delegate(
            SigningKey.of(pair, random), recorded.certificate(), recorded.renewal().start());
    delegate = Optional.of(new Delegate(recorded.issuer(), responder));
    LOG.info(
        "OCSP answers are signed with certificate {} until {}",
        recorded.certificate().serial(),
        recorded.certificate().notAfter());
    return responder;
  }

  private static CertificateRequest request(KeyPair pair) {
    try {
      return CertificateRequest.verified(
          CertificateRequest.create(pair, Optional.empty(), Names.none()));
    } catch (InvalidRequestException e) {
      throw new IllegalStateException("Our own request is refused: " + e.detail(), e);
    }
  }

  /**
   * Of the issuer's kind, so that whoever can check its certificates can check its answers; the
   * smallest of RSA.
   */
  private static KeyAlgorithm keyAlgorithm(KeyAlgorithm issuer) {
    return switch (issuer) {
      case RSA_2048, RSA_3072, RSA_4096 -> KeyAlgorithm.RSA_2048;
      default -> issuer;
    };
  }

  Instant now() {
    return clock.instant();
  }
}
