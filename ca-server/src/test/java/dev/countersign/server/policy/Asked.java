package dev.countersign.server.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.countersign.pki.CertificateRequest;
import dev.countersign.pki.InvalidRequestException;
import dev.countersign.pki.KeyAlgorithm;
import dev.countersign.pki.Names;
import dev.countersign.server.authority.Hierarchy;
import dev.countersign.server.policy.Entitlement.Standing;
import dev.countersign.server.refusal.Refusal;
import dev.countersign.server.testing.InMemory;
import java.io.IOException;
import java.security.KeyPair;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Optional;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.ExtensionsGenerator;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.bouncycastle.pkcs.jcajce.JcaPKCS10CertificationRequestBuilder;

/** What the identity orders asks for, with one thing that a test changes. */
public final class Asked {
  private static final KeyPair KEY = KeyAlgorithm.P256.generate(new SecureRandom());

  public Standing standing = Standing.PLAIN;
  public String profile = "peer";
  public Names owned = names("orders.example.internal");
  public Names wanted = owned;
  public Optional<Duration> lifetime = Optional.empty();
  public KeyPair key = KEY;
  public Hierarchy hierarchy = InMemory.hierarchy(KeyAlgorithm.P256);
  public Profiles profiles = Profiles.defaults();
  private final ExtensionsGenerator extensions = new ExtensionsGenerator();

  public static Names names(String... dns) {
    try {
      return Names.builder().dns(dns).build();
    } catch (InvalidRequestException e) {
      throw new AssertionError(e);
    }
  }

  /** Asks for an extension beside the names; the value is DER. */
  public Asked extension(String oid, boolean critical, byte[] value) {
    extensions.addExtension(new Extension(new ASN1ObjectIdentifier(oid), critical, value));
    return this;
  }

  public CertificateRequest request() {
    try {
      if (extensions.isEmpty()) {
        return CertificateRequest.verified(
            CertificateRequest.create(key, Optional.of("orders"), Names.none()));
      }
      return CertificateRequest.verified(
          new JcaPKCS10CertificationRequestBuilder(new X500Name("CN=orders"), key.getPublic())
              .addAttribute(PKCSObjectIdentifiers.pkcs_9_at_extensionRequest, extensions.generate())
              .build(new JcaContentSignerBuilder("SHA256withECDSA").build(key.getPrivate()))
              .getEncoded());
    } catch (InvalidRequestException | IOException | OperatorCreationException e) {
      throw new AssertionError(e);
    }
  }

  public Entitlement entitlement() {
    return new Entitlement("orders", owned, standing, profile, Optional.of(wanted), lifetime);
  }

  public Claim claim() {
    Profile settings = profiles.require(profile);
    return new Claim(
        entitlement(),
        request(),
        settings,
        wanted,
        lifetime.orElse(settings.defaultLifetime()),
        new Claim.Surroundings(hierarchy.issuing(), hierarchy.all(), "example.internal"));
  }

  public static void granted(Rule rule, Asked asked) {
    Claim claim = asked.claim();
    assertThatCode(() -> rule.check(claim)).doesNotThrowAnyException();
  }

  /** That the rule refuses with this kind, and that its sentence names what was refused. */
  public static void refused(Rule rule, Asked asked, Refusal.Kind kind, String... named) {
    Claim claim = asked.claim();
    assertThatThrownBy(() -> rule.check(claim))
        .isInstanceOfSatisfying(
            Refusal.class,
            refusal -> {
              assertThat(refusal.kind()).isEqualTo(kind);
              for (String each : named) {
                assertThat(refusal.detail()).contains(each);
              }
            });
  }
}
