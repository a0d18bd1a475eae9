package dev.countersign.client;

import dev.countersign.client.ClientException.Kind;
import dev.countersign.client.PrivateKeyFacts.OlderForm;
import dev.countersign.pki.CertificateRequest;
import dev.countersign.pki.EncryptedPrivateKey;
import dev.countersign.pki.EnrollmentString;
import dev.countersign.pki.InvalidEnrollmentStringException;
import dev.countersign.pki.InvalidRequestException;
import dev.countersign.pki.MalformedDerException;
import dev.countersign.pki.NameKind;
import dev.countersign.pki.Pin;
import dev.countersign.pki.WrongPassphraseException;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.cert.CRLException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.X509EncodedKeySpec;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Says what is in a file. Of private keys and enrolment strings only what is public is ever said.
 */
public final class Inspection {
  private static final Pattern BEGIN = Pattern.compile("-----BEGIN ([A-Z0-9 ]{1,40})-----");

  private final Instant now;
  private final Optional<char[]> password;
  private final CertificateFacts certificates;

  public Inspection(Instant now, Optional<char[]> password) {
    this(now, password, RevocationLists.NONE);
  }

  /** Says of certificates that are in these lists that they are revoked. */
  public Inspection(Instant now, Optional<char[]> password, RevocationLists lists) {
    this.now = now;
    this.password = password;
    this.certificates = new CertificateFacts(now, lists);
  }

  /** {@code what} names the content in messages. */
  public List<Finding> of(byte[] content, String what) {
    // Latin-1 keeps every byte, so that a search in a binary file does no harm.
    String text = new String(content, StandardCharsets.ISO_8859_1);
    if (EnrollmentString.looksLikeOne(text)) {
      return List.of(enrollmentString(text, what));
    }
    List<Finding> findings = pem(text, what);
    if (!findings.isEmpty()) {
      return findings;
    }
    if (content.length > 1 && content[0] == 0x30) {
      return der(content, what);
    }
    KeyStoreFacts.olderFormat(content)
        .ifPresent(
            format -> {
              throw unreadable(
                  what,
                  "it is a Java key store in the old format "
                      + format
                      + ". Bring it into PKCS #12: keytool -importkeystore -srckeystore FILE"
                      + " -destkeystore NEW -deststoretype pkcs12");
            });
    throw unreadable(
        what,
        content.length == 0 ? "it is empty" : "it is neither PEM nor DER, nor an enrolment string");
  }

  /** Each block ends with the next END: a file that is meant to be slow to read is not. */
  private List<Finding> pem(String text, String what) {
    List<Finding> findings = new ArrayList<>();
    Matcher begin = BEGIN.matcher(text);
    int at = 0;
    while (begin.find(at)) {
      String label = begin.group(1);
      String end = "-----END " + label + "-----";
      int body = text.indexOf("-----END ", begin.end());
      if (body < 0 || !text.startsWith(end, body)) {
        throw unreadable(what, "its PEM is cut off: a -----BEGIN line has no matching -----END");
      }
      at = body + end.length();
      findings.add(
          block(label, text.substring(begin.end(), body), text.substring(begin.start(), at), what));
    }
    return findings;
  }

  private static ClientException unreadable(String what, String reason) {
    return new ClientException(
        Kind.LOCAL_FILES,
        "Cannot tell what "
            + what
            + " is: "
            + reason
            + ". Known are certificates, CSRs, CRLs, keys, PKCS #12 and enrolment strings.");
  }

  private Finding enrollmentString(String text, String what) {
    try {
      EnrollmentString string = EnrollmentString.parse(text.strip());
      Map<String, Object> facts = new LinkedHashMap<>();
      facts.put("enrollment", string.enrollmentId());
      facts.put("authority", string.endpoints().stream().map(Object::toString).toList());
      facts.put("pins", string.pins().stream().map(Pin::toString).toList());
      facts.put("createdAt", string.createdAt());
      facts.put("notAfter", string.notAfter());
      facts.put("state", now.isAfter(string.notAfter()) ? "expired" : "valid");
      return new Finding("enrollment-string", facts);
    } catch (InvalidEnrollmentStringException e) {
      throw new ClientException(
          Kind.LOCAL_FILES,
          "The enrolment string in " + what + " cannot be used: " + e.getMessage(),
          e);
    }
  }

  private Finding block(String label, String body, String whole, String what) {
    Optional<OlderForm> older = OlderForm.labelled(label);
    if (older.isPresent() && PrivateKeyFacts.isEncrypted(body)) {
      return PrivateKeyFacts.encrypted(older.get());
    }
    byte[] der;
    try {
      der = Base64.getMimeDecoder().decode(body);
    } catch (IllegalArgumentException e) {
      throw unreadable(what, "the base64 of its " + label + " is damaged");
    }
    try {
      if (older.isPresent()) {
        return PrivateKeyFacts.of(older.get(), der);
      }
      return switch (label) {
        case "CERTIFICATE", "TRUSTED CERTIFICATE", "X509 CERTIFICATE" -> certificate(der);
        case "CERTIFICATE REQUEST", "NEW CERTIFICATE REQUEST" -> request(der);
        case "X509 CRL" -> CrlFacts.of(der, now);
        case "PRIVATE KEY" -> PrivateKeyFacts.of(der);
        case "PUBLIC KEY" -> publicKey(der);
        case "ENCRYPTED PRIVATE KEY" -> encrypted(whole);
        case "EC PARAMETERS" -> PrivateKeyFacts.parameters(der);
        default -> new Finding("unknown", Map.of("label", label, "bytes", der.length));
      };
    } catch (CertificateException
        | CRLException
        | MalformedDerException
        | IllegalArgumentException e) {
      throw unreadable(
          what,
          "its " + label + " is damaged (" + Printable.line(String.valueOf(e.getMessage())) + ")");
    }
  }

  private Finding encrypted(String pem) {
    if (password.isEmpty()) {
      return new Finding(
          "encrypted-private-key", Map.of("note", "give --password-file to see its public part"));
    }
    try {
      return PrivateKeyFacts.ofPublic(
          "encrypted-private-key", EncryptedPrivateKey.decrypt(pem, password.get()).getPublic());
    } catch (WrongPassphraseException e) {
      throw new ClientException(
          Kind.LOCAL_FILES,
          "The password does not open the private key. Check the file of --password-file.",
          e);
    }
  }

  private List<Finding> der(byte[] content, String what) {
    try {
      return List.of(certificate(content));
    } catch (CertificateException notOne) {
      // something else
    }
    try {
      return List.of(CrlFacts.of(content, now));
    } catch (CRLException notOne) {
      // something else
    }
    if (KeyStoreFacts.looksLikeOne(content)) {
      return KeyStoreFacts.of(content, password, what, certificates);
    }
    try {
      return List.of(PrivateKeyFacts.of(content));
    } catch (IllegalArgumentException notOne) {
      // something else
    }
    for (OlderForm form : OlderForm.values()) {
      try {
        return List.of(PrivateKeyFacts.of(form, content));
      } catch (IllegalArgumentException notOne) {
        // something else
      }
    }
    try {
      return List.of(publicKey(content));
    } catch (IllegalArgumentException notOne) {
      // something else
    }
    Finding request = request(content);
    if (!request.facts().containsKey("problem")) {
      return List.of(request);
    }
    throw unreadable(
        what,
        "its DER is no certificate, CRL, key or PKCS #12, and as a CSR it is refused: "
            + request.facts().get("problem"));
  }

  private Finding certificate(byte[] der) throws CertificateException {
    X509Certificate certificate =
        (X509Certificate)
            CertificateFactory.getInstance("X.509")
                .generateCertificate(new ByteArrayInputStream(der));
    return certificates.of(certificate);
  }

  /** Checked as the authority would check it. */
  private static Finding request(byte[] der) {
    Map<String, Object> facts = new LinkedHashMap<>();
    try {
      CertificateRequest request = CertificateRequest.verified(der);
      request.commonName().ifPresent(name -> facts.put("commonName", name));
      Map<String, List<String>> names = new LinkedHashMap<>();
      for (NameKind kind : NameKind.values()) {
        List<String> values =
            request.names().list().stream()
                .filter(n -> n.kind() == kind)
                .map(n -> n.value())
                .toList();
        if (!values.isEmpty()) {
          names.put(kind.label(), values);
        }
      }
      facts.put("names", names);
      facts.put("keyAlgorithm", request.key().algorithm());
      facts.put("pin", Pin.of(request.key().encoded()).toString());
      facts.put("signature", "verified");
      facts.put("asksForCa", request.asksForCa());
      facts.put("requestedExtensions", request.requestedExtensions());
    } catch (InvalidRequestException e) {
      facts.put("problem", String.valueOf(e.getMessage()));
    }
    return new Finding("certificate-request", facts);
  }

  private static Finding publicKey(byte[] der) {
    for (String algorithm : List.of("EC", "RSA", "Ed25519")) {
      try {
        return PrivateKeyFacts.ofPublic(
            "public-key",
            KeyFactory.getInstance(algorithm).generatePublic(new X509EncodedKeySpec(der)));
      } catch (GeneralSecurityException e) {
        // the next one
      }
    }
    throw new IllegalArgumentException("not an EC, RSA or Ed25519 key");
  }
}
