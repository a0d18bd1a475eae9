package dev.countersign.server.renewal;

import dev.countersign.pki.Certificate;
import dev.countersign.server.http.Listener;
import dev.countersign.server.http.TlsMaterial;
import dev.countersign.server.issuance.AnswerContext;
import dev.countersign.server.issuance.Issuance;
import dev.countersign.server.keys.Passphrase;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Keeps the HTTPS listener's certificate fresh while the server runs. */
public final class OwnCertificates implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(OwnCertificates.class);
  // Lives are days; a minute late is on time
  private static final Duration ROUND = Duration.ofMinutes(1);

  private final OwnCertificate own;
  private final ScheduledExecutorService rounds =
      Executors.newSingleThreadScheduledExecutor(
          task -> {
            Thread thread = new Thread(task, "own-certificate");
            thread.setDaemon(true);
            return thread;
          });
  private volatile Certificate inUse;
  private volatile Consumer<TlsMaterial> reload = material -> {};

  private OwnCertificates(OwnCertificate own, Certificate inUse) {
    this.own = own;
    this.inUse = inUse;
  }

  /**
   * Where key and certificate are kept, and the passphrase over the key.
   *
   * @param ahead where the key is opened meanwhile, which takes a moment
   */
  public record Keeping(Path keys, Passphrase passphrase, Executor ahead) {}

  /** An own certificate, ready to be asked for what to listen with. */
  public static OwnCertificate of(
      OwnCertificate.Situation situation,
      Issuance issuance,
      AnswerContext context,
      Keeping keeping,
      InstantSource clock,
      SecureRandom random) {
    OwnKeyFile file =
        new OwnKeyFile(keeping.keys().resolve("https.pem"), keeping.passphrase(), random);
    file.readAhead(keeping.ahead());
    return new OwnCertificate(situation, issuance, context, file, clock, random);
  }

  /** Starts looking after the certificate that {@code listener} was started with. */
  public static OwnCertificates watch(OwnCertificate own, TlsMaterial inUse, Listener listener) {
    OwnCertificates certificates = new OwnCertificates(own, inUse.chain().get(0));
    certificates.reload = listener::reload;
    // Nothing comes out of it: a round logs what goes wrong
    var unused =
        certificates.rounds.scheduleWithFixedDelay(
            certificates::round, ROUND.toMillis(), ROUND.toMillis(), TimeUnit.MILLISECONDS);
    return certificates;
  }

  /** Renews if it is due; what fails is tried again in the next round. */
  public void round() {
    try {
      own.renewedIfDue(inUse)
          .ifPresent(
              material -> {
                reload.accept(material);
                inUse = material.chain().get(0);
              });
    } catch (RuntimeException e) {
      LOG.error(
          "The HTTPS certificate, good until {}, could not be renewed; the next attempt follows",
          inUse.notAfter(),
          e);
    }
  }

  public Certificate inUse() {
    return inUse;
  }

  @Override
  public void close() {
    rounds.shutdown(); // not interrupted: it may be reading the embedded database
    try {
      if (!rounds.awaitTermination(10, TimeUnit.SECONDS)) {
        LOG.warn("The HTTPS certificate was still being renewed when the server stopped");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
