package dev.countersign.pki.testing;

import static dev.countersign.pki.testing.RawDer.integer;
import static dev.countersign.pki.testing.RawDer.oid;
import static dev.countersign.pki.testing.RawDer.seq;
import static dev.countersign.pki.testing.RawDer.tlv;

import dev.countersign.pki.InvalidRequestException.Fault;
import dev.countersign.pki.KeyAlgorithm;
import dev.countersign.pki.testing.BadCsrs.Sample;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.Signature;
import java.security.spec.MGF1ParameterSpec;
import java.security.spec.PSSParameterSpec;
import java.util.List;
import java.util.function.Consumer;

/** Requests signed by RSASSA-PSS, truly, with parameters that do not count. */
final class BadPssCsrs {
  private static final byte[] SHA1 = seq(oid("1.3.14.3.2.26"), RawDer.NULL);
  private static final byte[] SHA224 = seq(oid("2.16.840.1.101.3.4.2.4"), RawDer.NULL);
  private static final byte[] SHA256 = seq(oid("2.16.840.1.101.3.4.2.1"), RawDer.NULL);
  private static final byte[] SHA384 = seq(oid("2.16.840.1.101.3.4.2.2"), RawDer.NULL);
  private static final byte[] BARE_SHA256 = seq(oid("2.16.840.1.101.3.4.2.1"));
  private static final byte[] PSS = oid("1.2.840.113549.1.1.10");
  private static final byte[] HASH = tlv(0xa0, SHA256);
  private static final byte[] MASK = tlv(0xa1, mgf1(SHA256));
  private static final byte[] SALT = tlv(0xa2, integer(32));
  private static final PSSParameterSpec USUAL = spec("SHA-256", "SHA-256", 32);

  private final List<Sample> samples;

  private BadPssCsrs(List<Sample> samples) {
    this.samples = samples;
  }

  static void addTo(List<Sample> samples) {
    new BadPssCsrs(samples).parameters();
  }

  static void addGoodTo(List<Sample> samples) {
    BadCsrs.add(
        samples,
        Fault.BAD_POSSESSION,
        "PSS_hash_parameters_absent",
        signed(seq(PSS, seq(tlv(0xa0, BARE_SHA256), tlv(0xa1, mgf1(BARE_SHA256)), SALT)), USUAL));
  }

  private void parameters() {
    bad("PSS_parameters_absent", seq(PSS), USUAL);
    bad("PSS_parameters_NULL", seq(PSS, RawDer.NULL), Fault.MALFORMED, USUAL);
    bad("PSS_parameters_all_default", seq(PSS, seq()), spec("SHA-1", "SHA-1", 20));
    bad(
        "PSS_with_SHA_1",
        seq(PSS, seq(tlv(0xa0, SHA1), tlv(0xa1, mgf1(SHA1)), tlv(0xa2, integer(20)))),
        spec("SHA-1", "SHA-1", 20));
    bad(
        "PSS_with_SHA_224",
        seq(PSS, seq(tlv(0xa0, SHA224), tlv(0xa1, mgf1(SHA224)), tlv(0xa2, integer(28)))),
        spec("SHA-224", "SHA-224", 28));
    bad("PSS_mask_of_SHA_1", seq(PSS, seq(HASH, SALT)), spec("SHA-256", "SHA-1", 32));
    bad(
        "PSS_mask_of_another_hash",
        seq(PSS, seq(HASH, tlv(0xa1, mgf1(SHA384)), SALT)),
        spec("SHA-256", "SHA-384", 32));
    bad(
        "PSS_mask_that_is_not_MGF1",
        seq(PSS, seq(HASH, tlv(0xa1, seq(oid("1.2.3.4"), SHA256)), SALT)),
        USUAL);
    salt("PSS_salt_of_no_octets", 0);
    salt("PSS_salt_of_31_octets", 31);
    salt("PSS_salt_of_222_octets", 222);
    bad("PSS_salt_of_20_octets", seq(PSS, seq(HASH, MASK)), spec("SHA-256", "SHA-256", 20));
    bad("PSS_salt_other_than_it_says", usual(), spec("SHA-256", "SHA-256", 20));
    bad("PSS_hash_other_than_it_says", usual(), spec("SHA-384", "SHA-256", 32));
    bad("PSS_trailer_1_written", seq(PSS, seq(HASH, MASK, SALT, tlv(0xa3, integer(1)))), USUAL);
    bad("PSS_trailer_2", seq(PSS, seq(HASH, MASK, SALT, tlv(0xa3, integer(2)))), USUAL);
    bad(
        "PSS_fifth_parameter",
        seq(PSS, seq(HASH, MASK, SALT, RawDer.NULL)),
        Fault.MALFORMED,
        USUAL);
    bad(
        "PSS_parameters_and_one_more",
        seq(PSS, seq(HASH, MASK, SALT), RawDer.NULL),
        Fault.MALFORMED,
        USUAL);
    BadCsrs.add(
        samples,
        Fault.BAD_POSSESSION,
        "PSS_signature_with_an_EC_key",
        recipe -> recipe.signatureAlgorithm = usual());
    BadCsrs.add(
        samples,
        Fault.BAD_PUBLIC_KEY,
        "RSA_key_for_PSS_alone",
        recipe -> {
          signed(usual(), USUAL).accept(recipe);
          byte[] spki = recipe.publicKey;
          byte[] rsa = seq(oid("1.2.840.113549.1.1.1"), RawDer.NULL);
          byte[] key = java.util.Arrays.copyOfRange(spki, 4 + rsa.length, spki.length);
          recipe.publicKey = seq(usual(), key);
        });
  }

  private static byte[] usual() {
    return seq(PSS, seq(HASH, MASK, SALT));
  }

  private void salt(String name, int length) {
    bad(
        name,
        seq(PSS, seq(HASH, MASK, tlv(0xa2, integer(length)))),
        spec("SHA-256", "SHA-256", length));
  }

  private void bad(String name, byte[] algorithm, PSSParameterSpec used) {
    bad(name, algorithm, Fault.BAD_POSSESSION, used);
  }

  private void bad(String name, byte[] algorithm, Fault fault, PSSParameterSpec used) {
    BadCsrs.add(samples, fault, name, signed(algorithm, used));
  }

  private static Consumer<CsrRecipe> signed(byte[] algorithm, PSSParameterSpec used) {
    return recipe -> {
      KeyPair key = TestKeys.of(KeyAlgorithm.RSA_2048);
      recipe.publicKey = key.getPublic().getEncoded();
      recipe.signatureAlgorithm = algorithm;
      recipe.signer = info -> sign(key, used, info);
    };
  }

  private static byte[] sign(KeyPair key, PSSParameterSpec used, byte[] info) {
    try {
      Signature signer = Signature.getInstance("RSASSA-PSS");
      signer.setParameter(used);
      signer.initSign(key.getPrivate());
      signer.update(info);
      return signer.sign();
    } catch (GeneralSecurityException e) {
      throw new AssertionError(e);
    }
  }

  private static PSSParameterSpec spec(String hash, String mask, int salt) {
    return new PSSParameterSpec(hash, "MGF1", new MGF1ParameterSpec(mask), salt, 1);
  }

  private static byte[] mgf1(byte[] hash) {
    return seq(oid("1.2.840.113549.1.1.8"), hash);
  }
}
