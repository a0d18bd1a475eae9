package dev.countersign.server;

import com.fasterxml.jackson.databind.JsonNode;
import dev.countersign.pki.Certificate;
import dev.countersign.pki.Json;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.Optional;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSession;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;

/**
 * The JDK's HTTP client, which checks the server as any client would. Every answer to a call of the
 * contract is checked against the contract, and counted as exercised.
 */
final class TestClient {
  static final String JSON = "application/json";
  static final String JOSE = "application/jose+json";

  private static final char[] PASSWORD = "test".toCharArray();

  private final URI base;
  private final HttpClient http;

  private TestClient(URI base, HttpClient http) {
    this.base = base;
    this.http = http;
  }

  static TestClient anonymous(URI base, Certificate root) {
    return new TestClient(base, client(root, null));
  }

  static TestClient with(URI base, Certificate root, Credential credential) {
    return new TestClient(base, client(root, credential));
  }

  /** An answer, with what one asks of it. */
  record Answer(int status, HttpResponse<byte[]> response) {
    JsonNode json() {
      try {
        return Json.MAPPER.readTree(response.body());
      } catch (IOException e) {
        throw new AssertionError("not JSON: " + text(), e);
      }
    }

    String text() {
      return new String(response.body(), StandardCharsets.UTF_8);
    }

    /** The last word of the problem's type. */
    String problem() {
      return json().path("type").asText().replace("urn:countersign:problem:", "");
    }

    String header(String name) {
      return response.headers().firstValue(name).orElse("");
    }

    Optional<SSLSession> tls() {
      return response.sslSession();
    }

    @Override
    public String toString() {
      return status + " " + text();
    }
  }

  Answer get(String path) {
    return send("GET", path, null, null);
  }

  Answer get(String path, String header, String value) {
    return send(request(path).header(header, value).GET().build());
  }

  Answer post(String path, String type, byte[] body) {
    return send("POST", path, type, body);
  }

  Answer post(String path, String json) {
    return send("POST", path, JSON, json.getBytes(StandardCharsets.UTF_8));
  }

  Answer post(String path) {
    return send("POST", path, null, null);
  }

  Answer send(String method, String path, @Nullable String type, byte @Nullable [] body) {
    HttpRequest.Builder request =
        request(path)
            .method(
                method,
                body == null
                    ? HttpRequest.BodyPublishers.noBody()
                    : HttpRequest.BodyPublishers.ofByteArray(body));
    if (type != null) {
      request.header("Content-Type", type);
    }
    return send(request.build());
  }

  HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(base.resolve(path)).timeout(Duration.ofSeconds(90));
  }

  URI url(String path) {
    return base.resolve(path);
  }

  Answer send(HttpRequest request) {
    try {
      HttpResponse<byte[]> response = http.send(request, HttpResponse.BodyHandlers.ofByteArray());
      Answer answer = new Answer(response.statusCode(), response);
      Contract.instance().check(request, answer);
      return answer;
    } catch (IOException e) {
      throw new AssertionError(request + ": " + e, e);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Without turning a failure of the connection into one of the test. */
  Answer attempt(HttpRequest request) throws IOException, InterruptedException {
    HttpResponse<byte[]> response = http.send(request, HttpResponse.BodyHandlers.ofByteArray());
    return new Answer(response.statusCode(), response);
  }

  private static HttpClient client(Certificate root, @Nullable Credential credential) {
    return HttpClient.newBuilder()
        .sslContext(context(root, credential))
        .connectTimeout(Duration.ofSeconds(30))
        .build();
  }

  static SSLContext context(Certificate root, @Nullable Credential credential) {
    try {
      KeyStore trust = empty();
      trust.setCertificateEntry("root", root.x509());
      TrustManagerFactory trusts = TrustManagerFactory.getInstance("PKIX");
      trusts.init(trust);
      KeyManager[] keys = null;
      if (credential != null) {
        KeyStore store = empty();
        store.setKeyEntry(
            "own",
            credential.key().getPrivate(),
            PASSWORD,
            credential.chain().stream().map(Certificate::x509).toArray(X509Certificate[]::new));
        KeyManagerFactory managers = KeyManagerFactory.getInstance("PKIX");
        managers.init(store, PASSWORD);
        keys = managers.getKeyManagers();
      }
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(keys, trusts.getTrustManagers(), null);
      return context;
    } catch (GeneralSecurityException | IOException e) {
      throw new IllegalStateException(e);
    }
  }

  private static KeyStore empty() throws GeneralSecurityException, IOException {
    KeyStore store = KeyStore.getInstance("PKCS12");
    store.load(null, null);
    return store;
  }
}
