package dev.countersign.bench.operations;

import dev.countersign.bench.load.HttpConnection;
import dev.countersign.pki.Certificate;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.List;
import org.bouncycastle.asn1.ASN1Integer;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.DERNull;
import org.bouncycastle.asn1.DEROctetString;
import org.bouncycastle.asn1.DERSequence;
import org.bouncycastle.asn1.ocsp.CertID;
import org.bouncycastle.asn1.ocsp.OCSPRequest;
import org.bouncycastle.asn1.ocsp.OCSPResponse;
import org.bouncycastle.asn1.ocsp.OCSPResponseStatus;
import org.bouncycastle.asn1.ocsp.Request;
import org.bouncycastle.asn1.ocsp.TBSRequest;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.asn1.x509.Extensions;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;

/** Requests for the status of certificates of one issuer (RFC 6960 4.1.1). */
final class OcspQuestions {
  private static final String PATH = "/ocsp/issuing-1";

  private final List<Hashed> forms;

  /** What a CertID has of the issuer. */
  private record Hashed(AlgorithmIdentifier algorithm, DEROctetString name, DEROctetString key) {}

  OcspQuestions(Certificate issuer) {
    // RFC 3279 2.1, RFC 8017 A.2.4: parameters may be NULL or absent
    forms =
        List.of(
            hashed(issuer, "SHA-1", "1.3.14.3.2.26", true),
            hashed(issuer, "SHA-256", "2.16.840.1.101.3.4.2.1", true),
            hashed(issuer, "SHA-1", "1.3.14.3.2.26", false),
            hashed(issuer, "SHA-256", "2.16.840.1.101.3.4.2.1", false));
  }

  /** In how many forms one certificate can be asked about; the first is what nearly all ask. */
  int forms() {
    return forms.size();
  }

  byte[] question(Certificate certificate, int form) {
    return question(forms.get(form), certificate);
  }

  static byte[] post(byte[] question) {
    return HttpConnection.request("POST", PATH, "application/ocsp-request", question);
  }

  /** RFC 6960 A.1. */
  static byte[] get(byte[] question) {
    String base64 = Base64.getEncoder().encodeToString(question);
    return HttpConnection.get(PATH + "/" + URLEncoder.encode(base64, StandardCharsets.US_ASCII));
  }

  /** RFC 6960 4.2.1: successful. */
  static void mustBeAnswered(byte[] response) throws IOException {
    int status = OCSPResponse.getInstance(response).getResponseStatus().getIntValue();
    if (status != OCSPResponseStatus.SUCCESSFUL) {
      throw new IOException("an OCSP request was answered with the error " + status);
    }
  }

  private static byte[] question(Hashed issuer, Certificate certificate) {
    CertID id =
        new CertID(
            issuer.algorithm(),
            issuer.name(),
            issuer.key(),
            new ASN1Integer(certificate.serial().toBigInteger()));
    try {
      return new OCSPRequest(
              new TBSRequest(
                  (GeneralName) null, new DERSequence(new Request(id, null)), (Extensions) null),
              null)
          .getEncoded();
    } catch (IOException e) {
      throw new UncheckedIOException(e); // written to memory
    }
  }

  private static Hashed hashed(Certificate issuer, String algorithm, String oid, boolean withNull) {
    byte[] key =
        SubjectPublicKeyInfo.getInstance(issuer.publicKeyInfo()).getPublicKeyData().getBytes();
    try {
      MessageDigest digest = MessageDigest.getInstance(algorithm);
      return new Hashed(
          withNull
              ? new AlgorithmIdentifier(new ASN1ObjectIdentifier(oid), DERNull.INSTANCE)
              : new AlgorithmIdentifier(new ASN1ObjectIdentifier(oid)),
          new DEROctetString(digest.digest(issuer.subjectDer())),
          new DEROctetString(digest.digest(key)));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e); // each Java has both
    }
  }
}
