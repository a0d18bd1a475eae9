package dev.countersign.server.faults;

import com.fasterxml.jackson.databind.JsonNode;
import dev.countersign.client.Answers;
import dev.countersign.client.CredentialFolder;
import dev.countersign.pki.Json;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/** Requests over mutual TLS that are sent once: without the library, which would ask again. */
final class Direct {
  // Longer than anything of ours may take, shorter than what we had
  private static final Duration LONG = Duration.ofSeconds(40);

  private final HttpClient client;

  /**
   * What came of a request.
   *
   * @param status 0 when there was no answer
   */
  record Answer(int status, Map<String, String> text, Optional<String> retryAfter) {
    boolean isDone() {
      return status / 100 == 2;
    }

    String serial() {
      return text.getOrDefault("serial", "");
    }

    /** The last word of the problem's type. */
    String problem() {
      String type = text.getOrDefault("type", "");
      return type.substring(type.lastIndexOf(':') + 1);
    }
  }

  Direct(Site site, String credential) throws IOException, GeneralSecurityException {
    Path folder = site.folder(credential).read().folder();
    char[] password =
        Files.readString(folder.resolve(CredentialFolder.STORE_PASSWORD)).strip().toCharArray();
    KeyManagerFactory keys = KeyManagerFactory.getInstance("PKIX");
    keys.init(store(folder.resolve(CredentialFolder.KEY_STORE), password), password);
    TrustManagerFactory trust = TrustManagerFactory.getInstance("PKIX");
    trust.init(store(folder.resolve(CredentialFolder.TRUST_STORE), password));
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(keys.getKeyManagers(), trust.getTrustManagers(), null);
    client =
        HttpClient.newBuilder()
            .sslContext(context)
            .connectTimeout(LONG)
            .version(HttpClient.Version.HTTP_1_1)
            .build();
  }

  private static KeyStore store(Path file, char[] password)
      throws IOException, GeneralSecurityException {
    KeyStore store = KeyStore.getInstance("PKCS12");
    try (InputStream in = Files.newInputStream(file)) {
      store.load(in, password);
    }
    return store;
  }

  Answer issue(URI url, Answers.IssueRequest request, String key) {
    return post(url.resolve("/v1/certificates"), request, Map.of("Idempotency-Key", key)).join();
  }

  CompletableFuture<Answer> renew(URI url, String csr) {
    return post(url.resolve("/v1/renew"), Map.of("csr", csr), Map.of());
  }

  private CompletableFuture<Answer> post(URI url, Object body, Map<String, String> headers) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(url)
            .timeout(LONG)
            .header("Content-Type", "application/json")
            .POST(BodyPublishers.ofByteArray(bytes(body)));
    headers.forEach(request::header);
    return send(request.build());
  }

  Answer get(URI url) {
    return send(HttpRequest.newBuilder(url).timeout(LONG).build()).join();
  }

  private CompletableFuture<Answer> send(HttpRequest request) {
    return client
        .sendAsync(request, BodyHandlers.ofByteArray())
        .handle(
            (answer, failure) ->
                failure == null ? answer(answer) : new Answer(0, Map.of(), Optional.empty()));
  }

  private static Answer answer(HttpResponse<byte[]> answer) {
    return new Answer(
        answer.statusCode(), text(answer.body()), answer.headers().firstValue("Retry-After"));
  }

  private static byte[] bytes(Object body) {
    try {
      return Json.MAPPER.writeValueAsBytes(body);
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  private static Map<String, String> text(byte[] body) {
    try {
      JsonNode json = Json.MAPPER.readTree(body);
      return Map.of(
          "serial", json.path("serial").asText(),
          "type", json.path("type").asText(),
          "checks", json.path("checks").toString());
    } catch (IOException e) {
      return Map.of(); // is no JSON
    }
  }
}
