package dev.countersign.client;

import dev.countersign.client.ClientException.Kind;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A PKCS #12 file (RFC 7292) in words. */
final class KeyStoreFacts {
  private KeyStoreFacts() {}

  /** {@code SEQUENCE { INTEGER 3, …} }: RFC 7292 4. */
  static boolean looksLikeOne(byte[] der) {
    if (der.length < 8) {
      return false;
    }
    int length = der[1] & 0xff;
    int head = length < 0x80 || length == 0x80 ? 2 : 2 + (length & 0x7f);
    return head + 3 <= der.length && der[head] == 2 && der[head + 1] == 1 && der[head + 2] == 3;
  }

  /** By the first four bytes, which every Java since the first has written. */
  static Optional<String> olderFormat(byte[] content) {
    if (content.length < 4) {
      return Optional.empty();
    }
    return switch (ByteBuffer.wrap(content).getInt()) {
      case 0xFEEDFEED -> Optional.of("JKS");
      case 0xCECECECE -> Optional.of("JCEKS");
      default -> Optional.empty();
    };
  }

  static List<Finding> of(
      byte[] content, Optional<char[]> password, String what, CertificateFacts facts) {
    try {
      KeyStore store = KeyStore.getInstance("PKCS12");
      store.load(new ByteArrayInputStream(content), password.orElse(null));
      List<Finding> findings = new ArrayList<>();
      List<String> aliases = Collections.list(store.aliases());
      for (String alias : aliases) {
        if (store.isKeyEntry(alias)) {
          Map<String, Object> entry = new LinkedHashMap<>();
          Certificate[] chain = store.getCertificateChain(alias);
          entry.put("alias", alias);
          entry.put("chainLength", chain == null ? 0 : chain.length);
          findings.add(new Finding("key-entry", entry));
          for (Certificate certificate : chain == null ? new Certificate[0] : chain) {
            findings.add(facts.of((X509Certificate) certificate));
          }
        } else {
          Map<String, Object> entry = new LinkedHashMap<>();
          entry.put("alias", alias);
          findings.add(new Finding("trusted-entry", entry));
          findings.add(facts.of((X509Certificate) store.getCertificate(alias)));
        }
      }
      if (findings.isEmpty() && password.isEmpty()) {
        throw locked(what, "without a password nothing in it can be seen", null);
      }
      return findings.isEmpty() ? List.of(new Finding("empty-key-store", Map.of())) : findings;
    } catch (IOException e) {
      throw locked(
          what,
          password.isEmpty()
              ? "it cannot be read without a password"
              : "the password does not open it, or it is damaged",
          e);
    } catch (GeneralSecurityException e) {
      throw locked(what, Printable.line(String.valueOf(e.getMessage())), e);
    }
  }

  private static ClientException locked(
      String what, String reason, @org.jspecify.annotations.Nullable Exception cause) {
    String message =
        "Cannot open the key store "
            + what
            + ": "
            + reason
            + ". Give the file that holds its password with --password-file (store.password, beside"
            + " the ones of ours).";
    return cause == null
        ? new ClientException(Kind.LOCAL_FILES, message)
        : new ClientException(Kind.LOCAL_FILES, message, cause);
  }
}
