package dev.countersign.server.authority;

import dev.countersign.db.Database;
import dev.countersign.pki.Certificate;
import dev.countersign.pki.KeyAlgorithm;
import dev.countersign.pki.SerialNumber;
import dev.countersign.server.keys.KeyFiles;
import dev.countersign.server.keys.KeyHolder;
import dev.countersign.server.keys.Passphrase;
import dev.countersign.server.keys.SigningKey;
import dev.countersign.server.lint.Linter;
import java.security.KeyPair;
import java.security.SecureRandom;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.List;

/**
 * Makes the hierarchy, once: a root, an issuing CA below it, and the root's first CRL. The key
 * files are on the disk before the database says that there is a CA.
 */
public final class Ceremony {
  static final String ROOT = "root-1";
  static final String ISSUING = IssuingDraft.name(1);

  private static final int ROOT_YEARS = 20;

  private final Database database;
  private final KeyFiles files;
  private final InstantSource clock;
  private final SecureRandom random;
  private final RootCrl rootCrl;
  private final Linter linter = new Linter();

  public Ceremony(
      Database database,
      KeyFiles files,
      InstantSource clock,
      SecureRandom random,
      RootCrl rootCrl) {
    this.database = database;
    this.files = files;
    this.clock = clock;
    this.random = random;
    this.rootCrl = rootCrl;
  }

  /**
   * Makes keys, certificates, trust bundle and the root's first CRL.
   *
   * @throws IllegalStateException when there is a CA already; nothing is changed then
   */
  public Hierarchy init(CeremonyOrder order, Passphrase passphrase) {
    if (database.read(AuthorityStore::isFounded)) {
      throw new IllegalStateException("There is a CA here already; nothing was changed.");
    }
    Instant now = clock.instant().truncatedTo(ChronoUnit.SECONDS);
    KeyPair rootKey = order.rootKey().generate(random);
    KeyPair issuingKey = order.issuingKey().generate(random);
    Authority root = root(order, rootKey, now);
    Authority issuing = issuing(order, root, issuingKey, now);
    files.write(ROOT, rootKey, passphrase);
    files.write(ISSUING, issuingKey, passphrase);
    TrustBundle bundle = new TrustBundle(1, List.of(root.certificate()));
    database.writeAndWait(
        handle -> {
          AuthorityStore.insert(handle, root, now);
          AuthorityStore.insert(handle, issuing, now);
          AuthorityStore.insert(handle, bundle, now);
          // As long as the issuing CA: a root key that leaves the machine today never makes a check
          // of the chain fail.
          rootCrl.record(handle, root, now, issuing.certificate().notAfter());
          return bundle.number();
        });
    return new Hierarchy(List.of(root, issuing), bundle);
  }

  private Authority root(CeremonyOrder order, KeyPair pair, Instant now) {
    CaDraft draft =
        new CaDraft(
            order.name() + " Root CA 1",
            order.name(),
            IssuingDraft.subjectKey(pair.getPublic()),
            SerialNumber.random(random),
            now.minus(IssuingDraft.BACK_DATING),
            IssuingDraft.end(now, ROOT_YEARS));
    KeyAlgorithm algorithm = order.rootKey();
    SigningKey signer = SigningKey.of(pair, random);
    Certificate certificate =
        Authority.signed(linter.passedSelfSigned(draft.root(algorithm), algorithm), signer);
    return new Authority(
        ROOT,
        Authority.Kind.ROOT,
        Authority.State.ACTIVE,
        List.of(certificate),
        KeyHolder.of(signer));
  }

  private Authority issuing(CeremonyOrder order, Authority root, KeyPair pair, Instant now) {
    IssuingDraft draft =
        new IssuingDraft(order.name(), 1, order.constraints(), order.urls(), random);
    return draft.signed(root, SigningKey.of(pair, random), now);
  }
}
