package dev.countersign.pki.testing;

import static dev.countersign.pki.testing.CsrRecipe.extension;
import static dev.countersign.pki.testing.CsrRecipe.extensionRequest;
import static dev.countersign.pki.testing.CsrRecipe.san;
import static dev.countersign.pki.testing.RawDer.bits;
import static dev.countersign.pki.testing.RawDer.content;
import static dev.countersign.pki.testing.RawDer.hex;
import static dev.countersign.pki.testing.RawDer.indefinite;
import static dev.countersign.pki.testing.RawDer.integer;
import static dev.countersign.pki.testing.RawDer.join;
import static dev.countersign.pki.testing.RawDer.longLength;
import static dev.countersign.pki.testing.RawDer.nested;
import static dev.countersign.pki.testing.RawDer.octets;
import static dev.countersign.pki.testing.RawDer.oid;
import static dev.countersign.pki.testing.RawDer.seq;
import static dev.countersign.pki.testing.RawDer.set;
import static dev.countersign.pki.testing.RawDer.tlv;
import static dev.countersign.pki.testing.RawDer.utf8;

import dev.countersign.pki.InvalidRequestException.Fault;
import dev.countersign.pki.KeyAlgorithm;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;

/**
 * Certificate requests, each with one defect and named after it. Most verify, or parse, with one
 * well-known library or another; all must be refused. Where a sample can carry a signature that
 * verifies, it does.
 */
public final class BadCsrs {
  /** One request and the kind of fault it must be refused with. */
  @SuppressWarnings("ArrayRecordComponent") // samples are only read
  public record Sample(String name, byte[] der, Fault fault) {
    @Override
    public String toString() {
      return name;
    }
  }

  private static final String CHALLENGE_PASSWORD = "1.2.840.113549.1.9.7";

  private final List<Sample> samples = new ArrayList<>();

  private BadCsrs() {}

  /** All of them; made once for a JVM. */
  public static List<Sample> all() {
    return Holder.ALL;
  }

  /** Requests that look odd and must be accepted; the fault means nothing. */
  public static List<Sample> oddButGood() {
    return Holder.GOOD;
  }

  /** A request without any defect. */
  public static byte[] good() {
    return new CsrRecipe().build();
  }

  private static final class Holder {
    static final List<Sample> ALL = bad();
    static final List<Sample> GOOD = odd();
  }

  static void add(List<Sample> to, Fault fault, String name, Consumer<CsrRecipe> defect) {
    CsrRecipe recipe = new CsrRecipe();
    defect.accept(recipe);
    to.add(new Sample(name, recipe.build(), fault));
  }

  private static List<Sample> bad() {
    BadCsrs bad = new BadCsrs();
    bad.shape();
    bad.version();
    bad.attributes();
    bad.signature();
    bad.depth();
    BadKeyCsrs.addTo(bad.samples);
    BadPssCsrs.addTo(bad.samples);
    BadNameCsrs.addTo(bad.samples);
    return List.copyOf(bad.samples);
  }

  private void malformed(String name, Consumer<CsrRecipe> defect) {
    add(samples, Fault.MALFORMED, name, defect);
  }

  private void unproved(String name, Consumer<CsrRecipe> defect) {
    add(samples, Fault.BAD_POSSESSION, name, defect);
  }

  private void shape() {
    samples.add(new Sample("nothing_at_all", new byte[0], Fault.MALFORMED));
    samples.add(new Sample("cut_off", Arrays.copyOf(good(), 100), Fault.MALFORMED));
    samples.add(new Sample("length_that_claims_2_GB", hex("30847fffffff0201"), Fault.MALFORMED));
    malformed("trailing_byte_after_the_request", r -> r.outer = der -> join(der, new byte[1]));
    malformed("fourth_element_in_the_request", r -> r.afterSignature = RawDer.NULL);
    malformed("element_after_the_attributes", r -> r.afterAttributes = RawDer.NULL);
    malformed("outer_indefinite_length", r -> r.outer = RawDer::indefinite);
    malformed("outer_length_not_minimal", r -> r.outer = RawDer::longLength);
    malformed(
        "outer_tag_in_high_form",
        r -> r.outer = der -> join(hex("3f10"), Arrays.copyOfRange(der, 1, der.length)));
    malformed(
        "attributes_tag_in_high_form",
        r ->
            r.attributes =
                join(hex("bf00"), Arrays.copyOfRange(r.attributes, 1, r.attributes.length)));
    malformed("info_indefinite_length_signed_as_it_is", r -> r.info = c -> indefinite(seq(c)));
    malformed(
        "info_indefinite_length_signed_as_DER",
        r -> {
          r.info = c -> indefinite(seq(c));
          r.signedBytes = info -> seq(Arrays.copyOfRange(info, 2, info.length - 2));
        });
    malformed("info_length_not_minimal_signed_as_it_is", r -> r.info = c -> longLength(seq(c)));
    malformed(
        "info_length_not_minimal_signed_as_DER",
        r -> {
          r.info = c -> longLength(seq(c));
          r.signedBytes = info -> seq(Arrays.copyOfRange(info, 5, info.length));
        });
  }

  private void version() {
    malformed("version_not_minimal", r -> r.version = hex("02020000"));
    malformed("version_1", r -> r.version = integer(1));
    malformed("version_minus_1", r -> r.version = integer(-1));
    malformed("version_2_to_the_40", r -> r.version = integer(1L << 40));
    malformed("version_missing", r -> r.version = new byte[0]);
    malformed("version_empty", r -> r.version = hex("0200"));
  }

  private void attributes() {
    byte[] a = extensionRequest(san("a.example"));
    byte[] b = extensionRequest(san("b.example"));
    malformed("two_extension_requests", r -> r.attributes = tlv(0xa0, a, b));
    malformed("same_extension_request_twice", r -> r.attributes = tlv(0xa0, a, a));
    malformed(
        "extension_request_with_two_values",
        r ->
            r.attributes =
                tlv(
                    0xa0,
                    seq(
                        oid(CsrRecipe.EXTENSION_REQUEST),
                        set(seq(san("a.example")), seq(san("b.example"))))));
    malformed(
        "two_subject_alternative_name_extensions",
        r -> r.attributes = tlv(0xa0, extensionRequest(san("a.example"), san("b.example"))));
    malformed(
        "attribute_without_value",
        r -> r.attributes = tlv(0xa0, seq(oid(CsrRecipe.EXTENSION_REQUEST), set())));
    malformed("attributes_missing", r -> r.attributes = new byte[0]);
    byte[] challenge = seq(oid(CHALLENGE_PASSWORD), set(utf8("one")));
    malformed("attributes_out_of_order", r -> r.attributes = tlv(0xa0, a, challenge));
    malformed(
        "two_challenge_passwords",
        r -> r.attributes = tlv(0xa0, challenge, seq(oid(CHALLENGE_PASSWORD), set(utf8("two")))));
    byte[] sanValue = octets(seq(RawDer.ia5(0x82, "a.example")));
    malformed(
        "critical_is_01",
        r ->
            r.attributes =
                tlv(0xa0, extensionRequest(seq(oid(CsrRecipe.SAN), hex("010101"), sanValue))));
    malformed(
        "critical_is_an_encoded_FALSE",
        r ->
            r.attributes =
                tlv(0xa0, extensionRequest(seq(oid(CsrRecipe.SAN), hex("010100"), sanValue))));
    malformed(
        "object_identifier_with_a_leading_80",
        r ->
            r.attributes =
                tlv(0xa0, extensionRequest(seq(hex("0604 2a 80 03 04"), octets(RawDer.NULL)))));
    malformed(
        "alternative_names_are_garbage",
        r -> r.attributes = tlv(0xa0, extensionRequest(extension(CsrRecipe.SAN, hex("ffff01")))));
    malformed(
        "alternative_names_with_trailing_bytes",
        r ->
            r.attributes =
                tlv(
                    0xa0,
                    extensionRequest(
                        extension(
                            CsrRecipe.SAN,
                            join(seq(RawDer.ia5(0x82, "a.example")), new byte[2])))));
    malformed(
        "alternative_names_without_a_name",
        r -> r.attributes = tlv(0xa0, extensionRequest(extension(CsrRecipe.SAN, seq()))));
  }

  private void signature() {
    unproved(
        "signed_by_another_key",
        r -> r.signer = CsrRecipe.signer(TestKeys.fresh(KeyAlgorithm.P256), "SHA256withECDSA"));
    unproved("signature_over_something_else", r -> r.signedBytes = info -> new byte[32]);
    malformed(
        "signature_algorithm_ECDSA_with_NULL",
        r -> r.signatureAlgorithm = seq(oid("1.2.840.10045.4.3.2"), RawDer.NULL));
    malformed(
        "signature_algorithm_ECDSA_with_garbage",
        r -> r.signatureAlgorithm = seq(oid("1.2.840.10045.4.3.2"), octets(hex("0102"))));
    unproved(
        "ECDSA_with_SHA_1",
        r -> {
          r.signatureAlgorithm = seq(oid("1.2.840.10045.4.1"));
          r.signer = CsrRecipe.signer(TestKeys.of(KeyAlgorithm.P256), "SHA1withECDSA");
        });
    unproved("RSA_signature_with_an_EC_key", r -> r.signatureAlgorithm = CsrRecipe.RSA_SHA256);
    malformed(
        "signature_with_4_unused_bits",
        r -> r.signatureBits = s -> tlv(0x03, new byte[] {4}, s, new byte[] {0x10}));
    unproved("signature_with_a_trailing_byte", r -> r.signatureBits = s -> bits(s, new byte[1]));
    unproved("signature_length_not_minimal", r -> r.signatureBits = s -> bits(longLength(s)));
    unproved(
        "signature_number_with_an_extra_zero",
        r ->
            r.signatureBits =
                s -> {
                  byte[] pair = content(s);
                  byte[] first = Arrays.copyOf(pair, 2 + pair[1]);
                  byte[] padded = tlv(0x02, new byte[2], content(first));
                  return bits(seq(padded, Arrays.copyOfRange(pair, first.length, pair.length)));
                });
    unproved(
        "signature_of_two_zeros", r -> r.signatureBits = s -> bits(seq(integer(0), integer(0))));
    unproved("signature_empty", r -> r.signatureBits = s -> bits());
  }

  private void depth() {
    for (int depth : new int[] {40, 100, 1000, 15_000}) {
      malformed(
          "nested_" + depth + "_deep",
          r -> r.attributes = tlv(0xa0, seq(oid("1.2.3.4"), set(nested(depth)))));
    }
    malformed(
        "larger_than_64_KiB",
        r -> r.attributes = tlv(0xa0, seq(oid("1.2.3.4"), set(octets(new byte[70_000])))));
  }

  private static List<Sample> odd() {
    List<Sample> good = new ArrayList<>();
    Fault none = Fault.MALFORMED;
    add(good, none, "plain", r -> {});
    BadPssCsrs.addGoodTo(good);
    add(good, none, "no_attributes", r -> r.attributes = tlv(0xa0));
    add(good, none, "no_subject", r -> r.subject = seq());
    add(
        good,
        none,
        "unknown_attribute",
        r -> r.attributes = tlv(0xa0, seq(oid("1.2.3.4"), set(utf8("whatever")))));
    add(
        good,
        none,
        "unknown_critical_extension",
        r ->
            r.attributes =
                tlv(
                    0xa0,
                    extensionRequest(
                        seq(oid("1.2.3.4"), hex("0101ff"), octets(hex("0102"))),
                        san("host7.example"))));
    add(
        good,
        none,
        "challenge_password",
        r ->
            r.attributes =
                tlv(
                    0xa0,
                    seq(oid(CHALLENGE_PASSWORD), set(utf8("one"))),
                    extensionRequest(san("host7.example"))));
    add(
        good,
        none,
        "RSA_with_NULL",
        r -> BadKeyCsrs.signedByRsa(r, TestKeys.of(KeyAlgorithm.RSA_2048)));
    add(
        good,
        none,
        "RSA_signature_algorithm_without_parameters", // RFC 4055 5: MUST be accepted
        r -> {
          BadKeyCsrs.signedByRsa(r, TestKeys.of(KeyAlgorithm.RSA_2048));
          r.signatureAlgorithm = seq(oid("1.2.840.113549.1.1.11"));
        });
    add(
        good,
        none,
        "Ed25519",
        r -> {
          r.publicKey = TestKeys.of(KeyAlgorithm.ED25519).getPublic().getEncoded();
          r.signatureAlgorithm = CsrRecipe.ED25519;
          r.signer = CsrRecipe.signer(TestKeys.of(KeyAlgorithm.ED25519), "Ed25519");
        });
    add(
        good,
        none,
        "P_384_signed_with_SHA_512",
        r -> {
          r.publicKey = TestKeys.of(KeyAlgorithm.P384).getPublic().getEncoded();
          r.signatureAlgorithm = seq(oid("1.2.840.10045.4.3.4"));
          r.signer = CsrRecipe.signer(TestKeys.of(KeyAlgorithm.P384), "SHA512withECDSA");
        });
    return List.copyOf(good);
  }
}
