package dev.countersign.server.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.countersign.client.Credential;
import dev.countersign.client.CredentialFolder;
import dev.countersign.pki.Certificate;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509CRL;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** What a stranger is told about a certificate: by the CRL and, asked by OpenSSL, by OCSP. */
final class Relying {
  // The promise is one second; a busy machine may take longer to start asking
  private static final Duration SOON = Duration.ofSeconds(10);

  private final URI http;
  private final HttpClient client = HttpClient.newHttpClient();

  Relying(URI http) {
    this.http = http;
  }

  void saysGood(Credential credential) throws Exception {
    assertThat(crl("issuing-1").getRevokedCertificate(serial(credential))).isNull();
    assertThat(ocsp(credential)).contains(": good").contains("Response verify OK");
    for (int i = 0; i < 2; i++) { // the second time it may have been kept
      assertThat(ocsp(credential, "-no_nonce")).contains(": good").contains("Response verify OK");
    }
    assertThat(ocspByGet(credential)).contains(": good").contains("Response verify OK");
  }

  /** By the list, and by an answer that was kept. */
  void saysGoodAsBefore(Credential credential) throws Exception {
    assertThat(crl("issuing-1").getRevokedCertificate(serial(credential))).isNull();
    assertThat(ocspByGet(credential)).contains(": good").contains("Response verify OK");
  }

  void soonSaysRevoked(Credential credential) throws Exception {
    await()
        .atMost(SOON)
        .until(() -> crl("issuing-1").getRevokedCertificate(serial(credential)) != null);
    await()
        .atMost(SOON)
        .untilAsserted(
            () -> {
              assertRevoked(ocsp(credential));
              assertRevoked(ocsp(credential, "-no_nonce"));
              assertRevoked(ocspByGet(credential));
            });
  }

  /** For the node that has revoked it. */
  void saysRevoked(Credential credential) throws Exception {
    assertRevoked(ocspByGet(credential));
    assertRevoked(ocsp(credential, "-no_nonce"));
    assertRevoked(ocsp(credential));
  }

  private static void assertRevoked(String said) {
    assertThat(said).contains(": revoked").contains("Response verify OK");
  }

  private static java.math.BigInteger serial(Credential credential) {
    Certificate certificate = credential.certificate();
    return certificate.serial().toBigInteger();
  }

  X509CRL crl(String issuer) throws IOException, InterruptedException, GeneralSecurityException {
    HttpResponse<byte[]> answer =
        client.send(
            HttpRequest.newBuilder(http.resolve("/crl/" + issuer + ".crl")).build(),
            HttpResponse.BodyHandlers.ofByteArray());
    assertThat(answer.statusCode()).isEqualTo(200);
    return (X509CRL)
        CertificateFactory.getInstance("X.509")
            .generateCRL(new ByteArrayInputStream(answer.body()));
  }

  private String ocsp(Credential credential, String... more) throws Exception {
    Path folder = credential.folder();
    List<String> arguments =
        new ArrayList<>(
            List.of(
                "ocsp",
                "-issuer",
                folder.resolve(CredentialFolder.CHAIN).toString(),
                "-cert",
                folder.resolve(CredentialFolder.CERTIFICATE).toString(),
                "-CAfile",
                folder.resolve(CredentialFolder.TRUST).toString()));
    arguments.addAll(List.of(more));
    if (!arguments.contains("-respin")) {
      arguments.addAll(List.of("-url", http.resolve("/ocsp/issuing-1").toString()));
    }
    return openssl(arguments.toArray(String[]::new));
  }

  /** RFC 5019 5, which OpenSSL does not do by itself. */
  private String ocspByGet(Credential credential) throws Exception {
    Path request = Files.createTempFile("request", ".der");
    Path answer = Files.createTempFile("answer", ".der");
    try {
      Path folder = credential.folder();
      openssl(
          "ocsp",
          "-no_nonce",
          "-issuer",
          folder.resolve(CredentialFolder.CHAIN).toString(),
          "-cert",
          folder.resolve(CredentialFolder.CERTIFICATE).toString(),
          "-reqout",
          request.toString());
      String base64 = Base64.getEncoder().encodeToString(Files.readAllBytes(request));
      URI uri = http.resolve("/ocsp/issuing-1/" + base64.replace("+", "%2B").replace("/", "%2F"));
      client.send(HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.ofFile(answer));
      return ocsp(credential, "-no_nonce", "-respin", answer.toString());
    } finally {
      Files.delete(request);
      Files.delete(answer);
    }
  }

  static String openssl(String... arguments) throws Exception {
    List<String> command = new ArrayList<>(List.of("openssl"));
    command.addAll(List.of(arguments));
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor(20, TimeUnit.SECONDS)).isTrue();
    assertThat(process.exitValue()).as(said).isZero();
    return said;
  }
}
