package dev.countersign.server.authority;

import dev.countersign.pki.Certificate;
import dev.countersign.pki.DerReader;
import dev.countersign.pki.DerWriter;
import dev.countersign.pki.KeyAlgorithm;
import dev.countersign.server.keys.KeyHolder;
import dev.countersign.server.keys.SigningKey;
import dev.countersign.server.lint.LintedDraft;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * A root or an issuing CA: its name here, its certificate, and its key if that is on this machine.
 */
public final class Authority {

  /** What an authority certifies: a root CAs, an issuing CA services and people. */
  public enum Kind {
    ROOT,
    ISSUING;

    public String label() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /**
   * A retired authority signs no certificates, but still its CRLs and OCSP answers; so does one
   * that is revoked, for those who have not heard of it, as long as its key is here.
   */
  public enum State {
    ACTIVE,
    RETIRED,
    REVOKED;

    public String label() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  private final String name;
  private final Kind kind;
  private final State state;
  private final List<Certificate> chain;
  private final KeyHolder key;
  private final IssuerFacts facts;

  /**
   * @param chain its own certificate, then its issuers' upwards, without the root (but for a root
   *     itself)
   */
  public Authority(String name, Kind kind, State state, List<Certificate> chain, KeyHolder key) {
    this.name = name;
    this.kind = kind;
    this.state = state;
    this.chain = List.copyOf(chain);
    this.key = key;
    this.facts = IssuerFacts.of(this.chain.get(0));
  }

  public String name() {
    return name;
  }

  public Kind kind() {
    return kind;
  }

  public State state() {
    return state;
  }

  public Certificate certificate() {
    return chain.get(0);
  }

  /**
   * Its own certificate first, then upwards, without the root; what a subscriber sends after its
   * own.
   */
  public List<Certificate> chain() {
    return chain;
  }

  public KeyAlgorithm keyAlgorithm() {
    return facts.keyAlgorithm();
  }

  public boolean keyPresent() {
    return key.present();
  }

  /** For the signers of CRLs and OCSP answers; certificates go through {@link #sign}. */
  public Optional<SigningKey> signingKey() {
    return key.open();
  }

  /** What everything it signs has in common. */
  public IssuerFacts facts() {
    return facts;
  }

  /** One signature over exactly these bytes. */
  public Certificate sign(LintedDraft draft) {
    if (!draft.isFor(certificate())) {
      throw new IllegalStateException("This draft was made for another issuer than " + name + ".");
    }
    SigningKey signer =
        key.open()
            .orElseThrow(
                () -> new IllegalStateException("The key of " + name + " is not on this machine."));
    return signed(draft, signer);
  }

  /**
   * The only caller outside this class is the ceremony, which signs a root before it is an
   * authority.
   */
  static Certificate signed(LintedDraft draft, SigningKey signer) {
    byte[] tbs = draft.tbs();
    byte[] signature = signer.sign(tbs);
    DerWriter writer = new DerWriter(tbs.length + signature.length + 64);
    writer.bitString(signature).raw(signer.algorithm().signatureAlgorithm()).raw(tbs);
    return Certificate.parse(writer.wrap(DerReader.SEQUENCE, 0).toByteArray());
  }

  /** Whether this is the public key of this authority. */
  public boolean hasKey(byte[] publicKeyInfo) {
    return Arrays.equals(certificate().publicKeyInfo(), publicKeyInfo);
  }

  @Override
  public String toString() {
    return name + " (" + certificate().subject() + ")";
  }
}
