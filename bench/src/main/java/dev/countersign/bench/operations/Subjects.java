package dev.countersign.bench.operations;

import dev.countersign.pki.CertificateRequest;
import dev.countersign.pki.KeyAlgorithm;
import dev.countersign.pki.Names;
import dev.countersign.pki.Pem;
import java.security.KeyPair;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Keys to be certified, and a request for each: the same for all that is measured. */
public final class Subjects {
  /** The common name of all, and the identity that they belong to. */
  public static final String IDENTITY = "bench";

  private final List<KeyPair> keys = new ArrayList<>();
  private final List<byte[]> requests = new ArrayList<>();

  /** Makes P-256 keys. */
  public Subjects(int count, SecureRandom random) {
    for (int i = 0; i < count; i++) {
      KeyPair key = KeyAlgorithm.P256.generate(random);
      keys.add(key);
      requests.add(CertificateRequest.create(key, Optional.of(IDENTITY), Names.none()));
    }
  }

  public int count() {
    return keys.size();
  }

  public KeyPair key(int number) {
    return keys.get(number);
  }

  /** PKCS#10 in DER. */
  public byte[] request(int number) {
    return requests.get(number).clone();
  }

  /** The same in PEM. */
  public String requestPem(int number) {
    return Pem.encode("CERTIFICATE REQUEST", requests.get(number));
  }
}
