package dev.countersign.server.policy;

import dev.countersign.pki.NameKind;
import dev.countersign.pki.Oids;
import java.time.Duration;
import java.util.List;
import java.util.Set;

/**
 * What kind of certificate. The words are those of {@code GET /v1/profiles} and of the
 * configuration.
 *
 * @param keyUsage names of RFC 5280 4.2.1.3; those that a key cannot have are left out for it
 * @param extendedKeyUsage names of RFC 5280 4.2.1.12, or dotted object identifiers
 * @param keyAlgorithms of the subject's key
 * @param maximumLifetime the longest life that may be asked for
 * @param nameKinds of subject alternative names
 * @param spiffeId whether {@code spiffe://trust-domain/identity} is added; then it is the only URI
 * @param renewAfter part of the life after which the renewal window opens
 * @param grace how long after its end a certificate is still renewed
 * @param copiedExtensions extensions taken over from a certification request, as dotted object
 *     identifiers
 */
public record Profile(
    String name,
    List<String> keyUsage,
    List<String> extendedKeyUsage,
    List<String> keyAlgorithms,
    Duration defaultLifetime,
    Duration maximumLifetime,
    List<NameKind> nameKinds,
    boolean spiffeId,
    double renewAfter,
    Duration grace,
    List<String> copiedExtensions) {

  /** Of operators: given only to identities with a role. */
  public static final String OPERATOR = "operator";

  /** Of the authority's own OCSP responders: never given by request. */
  public static final String OCSP = "ocsp";

  private static final Set<String> KEY_ALGORITHMS =
      Set.of("P-256", "P-384", "P-521", "RSA-2048", "RSA-3072", "RSA-4096", "RSA-8192", "Ed25519");
  private static final Set<String> OURS =
      Set.of(
          Oids.SUBJECT_KEY_IDENTIFIER,
          Oids.KEY_USAGE,
          Oids.SUBJECT_ALTERNATIVE_NAME,
          Oids.BASIC_CONSTRAINTS,
          Oids.NAME_CONSTRAINTS,
          Oids.CRL_DISTRIBUTION_POINTS,
          Oids.AUTHORITY_KEY_IDENTIFIER,
          Oids.EXTENDED_KEY_USAGE,
          Oids.AUTHORITY_INFORMATION_ACCESS,
          Oids.OCSP_NO_CHECK,
          "2.5.29.36", // policy constraints
          "2.5.29.46", // freshest CRL
          "2.5.29.54"); // inhibit any-policy
  // Shorter ones are over before they are everywhere.
  private static final Duration SHORTEST = Duration.ofMinutes(5);

  public Profile {
    keyUsage = List.copyOf(keyUsage);
    extendedKeyUsage = List.copyOf(extendedKeyUsage);
    keyAlgorithms = List.copyOf(keyAlgorithms);
    nameKinds = List.copyOf(nameKinds);
    copiedExtensions = List.copyOf(copiedExtensions);
    check(name.matches("[a-z0-9]([a-z0-9._-]{0,61}[a-z0-9])?"), name, "is no name of a profile");
    check(!keyUsage.isEmpty(), name, "has no keyUsage");
    keyUsage.forEach(KeyUsageBit::parse);
    check(!extendedKeyUsage.isEmpty(), name, "has no extendedKeyUsage");
    boolean responder =
        extendedKeyUsage.stream().map(Purposes::oid).anyMatch(Purposes.OCSP_SIGNING::equals);
    check(
        responder == name.equals(OCSP) && (!responder || extendedKeyUsage.size() == 1),
        name,
        "must not sign OCSP answers: that is for the profile ocsp, which does nothing else");
    check(!keyAlgorithms.isEmpty(), name, "has no keyAlgorithms");
    for (String algorithm : keyAlgorithms) {
      check(
          KEY_ALGORITHMS.contains(algorithm),
          name,
          "has the key algorithm " + algorithm + "; known are " + sorted(KEY_ALGORITHMS));
    }
    for (String algorithm : keyAlgorithms) {
      check(
          KeyUsageBit.bits(keyUsage, algorithm) != 0,
          name,
          "has a keyUsage of which " + algorithm + " keys can do nothing: add digitalSignature");
    }
    check(
        defaultLifetime.compareTo(SHORTEST) >= 0 && defaultLifetime.compareTo(maximumLifetime) <= 0,
        name,
        "has a defaultLifetime that is shorter than PT5M or longer than its maximumLifetime");
    check(
        !spiffeId || !nameKinds.contains(NameKind.URI),
        name,
        "has spiffeId and uri among its nameKinds, but a certificate with a SPIFFE ID has no other"
            + " URI (X509-SVID 2): leave uri out, or set spiffeId to false");
    check(renewAfter > 0 && renewAfter < 1, name, "has a renewAfter that is not between 0 and 1");
    check(!grace.isNegative(), name, "has a negative grace");
    for (String oid : copiedExtensions) {
      Oids.content(oid); // throws when it is none
      check(
          !OURS.contains(oid),
          name,
          "copies extension " + oid + ", which is not the subject's to say");
    }
  }

  private static void check(boolean holds, String name, String otherwise) {
    if (!holds) {
      throw new IllegalArgumentException("The profile " + name + " " + otherwise + ".");
    }
  }

  private static String sorted(Set<String> words) {
    return String.join(", ", words.stream().sorted().toList());
  }

  /** The bits that a key of this algorithm may have; bit i stands for the named bit i. */
  public int keyUsageBits(String keyAlgorithm) {
    return KeyUsageBit.bits(keyUsage, keyAlgorithm);
  }

  public List<String> extendedKeyUsageOids() {
    return extendedKeyUsage.stream().map(Purposes::oid).toList();
  }
}
