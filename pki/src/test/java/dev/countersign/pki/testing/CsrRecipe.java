package dev.countersign.pki.testing;

import static dev.countersign.pki.testing.RawDer.bits;
import static dev.countersign.pki.testing.RawDer.hex;
import static dev.countersign.pki.testing.RawDer.ia5;
import static dev.countersign.pki.testing.RawDer.join;
import static dev.countersign.pki.testing.RawDer.octets;
import static dev.countersign.pki.testing.RawDer.oid;
import static dev.countersign.pki.testing.RawDer.seq;
import static dev.countersign.pki.testing.RawDer.set;
import static dev.countersign.pki.testing.RawDer.tlv;
import static dev.countersign.pki.testing.RawDer.utf8;

import dev.countersign.pki.KeyAlgorithm;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.Signature;
import java.util.function.UnaryOperator;

/**
 * A good request of which a sample spoils one part; every part is bytes, so that nothing is mended
 * on the way.
 */
final class CsrRecipe {
  static final String EXTENSION_REQUEST = "1.2.840.113549.1.9.14";
  static final String SAN = "2.5.29.17";
  static final byte[] ECDSA_SHA256 = seq(oid("1.2.840.10045.4.3.2"));
  static final byte[] RSA_SHA256 = seq(oid("1.2.840.113549.1.1.11"), RawDer.NULL);
  static final byte[] ED25519 = seq(oid("1.3.101.112"));

  byte[] version = hex("020100");
  byte[] subject = seq(rdn(oid("2.5.4.3"), utf8("host7.example")));
  byte[] publicKey = TestKeys.of(KeyAlgorithm.P256).getPublic().getEncoded();
  byte[] attributes = tlv(0xa0, extensionRequest(san("host7.example")));
  byte[] afterAttributes = new byte[0];
  byte[] signatureAlgorithm = ECDSA_SHA256;
  UnaryOperator<byte[]> signer = signer(TestKeys.of(KeyAlgorithm.P256), "SHA256withECDSA");
  UnaryOperator<byte[]> info = content -> tlv(0x30, content);
  UnaryOperator<byte[]> signedBytes = UnaryOperator.identity();
  UnaryOperator<byte[]> signatureBits = signature -> bits(signature);
  byte[] afterSignature = new byte[0];
  UnaryOperator<byte[]> outer = UnaryOperator.identity();

  byte[] build() {
    byte[] requestInfo = info.apply(join(version, subject, publicKey, attributes, afterAttributes));
    byte[] signature = signer.apply(signedBytes.apply(requestInfo));
    return outer.apply(
        seq(requestInfo, signatureAlgorithm, signatureBits.apply(signature), afterSignature));
  }

  static UnaryOperator<byte[]> signer(KeyPair key, String algorithm) {
    return bytes -> {
      try {
        Signature signature = Signature.getInstance(algorithm);
        signature.initSign(key.getPrivate());
        signature.update(bytes);
        return signature.sign();
      } catch (GeneralSecurityException e) {
        throw new AssertionError(e);
      }
    };
  }

  static byte[] rdn(byte[]... typeAndValue) {
    return set(seq(typeAndValue));
  }

  static byte[] extension(String oid, byte[] value) {
    return seq(oid(oid), octets(value));
  }

  static byte[] san(String dns) {
    return extension(SAN, seq(ia5(0x82, dns)));
  }

  static byte[] extensionRequest(byte[]... extensions) {
    return seq(oid(EXTENSION_REQUEST), set(seq(extensions)));
  }
}
