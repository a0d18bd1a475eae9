package dev.countersign.server.access;

import dev.countersign.pki.InvalidRequestException;
import dev.countersign.pki.JwsAlgorithm;
import dev.countersign.pki.MalformedPemException;
import dev.countersign.pki.Pem;
import dev.countersign.pki.PemBlock;
import dev.countersign.pki.SubjectKey;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.security.PublicKey;
import java.util.EnumMap;
import java.util.Map;

/**
 * One public key for each algorithm, whose private half was never kept. What an unknown certificate
 * has signed is verified with one of these, so that it costs what a known one costs, however
 * expensive a key the caller shows.
 */
final class NobodysKeys {
  private static final String FILE = "nobodys-keys.pem";
  private static final Map<JwsAlgorithm, PublicKey> KEYS = read();

  private NobodysKeys() {}

  static PublicKey of(JwsAlgorithm algorithm) {
    PublicKey key = KEYS.get(algorithm);
    if (key == null) {
      throw new IllegalStateException(FILE + " has no key for " + algorithm);
    }
    return key;
  }

  private static Map<JwsAlgorithm, PublicKey> read() {
    try (InputStream in = NobodysKeys.class.getResourceAsStream(FILE)) {
      if (in == null) {
        throw new IllegalStateException(FILE + " is not beside this class");
      }
      Map<JwsAlgorithm, PublicKey> keys = new EnumMap<>(JwsAlgorithm.class);
      for (PemBlock block : Pem.decode(new String(in.readAllBytes(), StandardCharsets.US_ASCII))) {
        PublicKey key = SubjectKey.checked(block.content()).publicKey();
        keys.put(JwsAlgorithm.forKey(key), key);
      }
      return keys;
    } catch (IOException | MalformedPemException | InvalidRequestException e) {
      throw new IllegalStateException(FILE + " cannot be read", e);
    }
  }
}
