package dev.countersign.bench.floor;

import dev.countersign.pki.Certificate;
import dev.countersign.pki.DerReader;
import dev.countersign.pki.KeyAlgorithm;
import dev.countersign.pki.MalformedDerException;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.spec.X509EncodedKeySpec;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** The loop: a request's signature is checked with its key, a certificate is made and signed. */
final class Cryptography {
  private static final int SERIAL = 20; // RFC 5280 4.1.2.2: at most 20 octets

  private final Template template;
  private final List<Signed> requests = new ArrayList<>();
  private final SecureRandom random = new SecureRandom();
  private final Signature verifier;
  private final Signature signer;
  private int next;
  private int bytes;

  @SuppressWarnings("ArrayRecordComponent") // never compared
  private record Signed(byte[] info, byte[] key, byte[] signature) {}

  /**
   * @param certificate that the template is made from
   * @param requests PKCS#10 in DER, with P-256 keys
   */
  Cryptography(Certificate certificate, List<byte[]> requests)
      throws GeneralSecurityException, MalformedDerException {
    template = new Template(certificate);
    for (byte[] request : requests) {
      this.requests.add(read(request));
    }
    verifier = Signature.getInstance(KeyAlgorithm.P256.signatureName());
    signer = Signature.getInstance(KeyAlgorithm.P256.signatureName());
    signer.initSign(KeyAlgorithm.P256.generate(random).getPrivate(), random);
  }

  /** RFC 2986 4.2; where things are is looked up beforehand, it costs next to nothing. */
  private static Signed read(byte[] der) throws MalformedDerException {
    DerReader request = DerReader.of(der).sequence();
    int from = request.offset();
    DerReader info = request.sequence();
    byte[] signedInfo = Arrays.copyOfRange(der, from, request.offset());
    request.skip();
    byte[] signature = request.bitStringOctets();
    info.skip();
    info.skip();
    return new Signed(signedInfo, info.element(), signature);
  }

  /** Checks one request and signs one certificate. */
  void checkAndSign() throws GeneralSecurityException {
    Signed request = requests.get(next++ % requests.size());
    PublicKey key =
        KeyFactory.getInstance("EC").generatePublic(new X509EncodedKeySpec(request.key()));
    verifier.initVerify(key);
    verifier.update(request.info());
    if (!verifier.verify(request.signature())) {
      throw new GeneralSecurityException("the signature of a request does not verify");
    }
    sign(request.key());
  }

  /** Signs one certificate. */
  void sign() throws GeneralSecurityException {
    sign(requests.get(next++ % requests.size()).key());
  }

  private void sign(byte[] key) throws GeneralSecurityException {
    byte[] serial = new byte[SERIAL];
    random.nextBytes(serial);
    byte[] made = template.with(serial, key);
    signer.update(made);
    bytes += template.signed(made, signer.sign()).length;
  }

  /** Of all certificates, so that none was made in vain. */
  int bytes() {
    return bytes;
  }
}
