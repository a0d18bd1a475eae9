package dev.countersign.client;

import dev.countersign.client.ClientException.Kind;
import dev.countersign.pki.EnrollmentString;
import java.net.ProxySelector;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.security.GeneralSecurityException;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;

/**
 * HTTPS to an authority that is proved in the handshake, before a byte of a request is sent.
 * Redirects are not followed, and time and size of answers are bounded.
 */
final class CaConnection {
  private final HttpClient client;
  private final ServerTrust trust;
  private final Patience patience;
  private final InstantSource clock;

  private CaConnection(
      ServerTrust trust, Optional<TlsIdentity> identity, Patience patience, InstantSource clock) {
    this.trust = trust;
    this.patience = patience;
    this.clock = clock;
    ProxySelector proxies = ProxySelector.getDefault();
    this.client =
        HttpClient.newBuilder()
            .version(
                HttpClient.Version
                    .HTTP_1_1) // one request at a time: the newer one has nothing to give
            .followRedirects(HttpClient.Redirect.NEVER)
            .connectTimeout(patience.connect())
            .proxy(proxies == null ? HttpClient.Builder.NO_PROXY : proxies)
            .sslContext(context(trust, identity))
            .build();
  }

  static CaConnection pinned(EnrollmentString string, Patience patience, InstantSource clock) {
    return new CaConnection(ServerTrust.pinned(string, clock), Optional.empty(), patience, clock);
  }

  /** To the authority of a credential, which is shown only if {@code identity} is there. */
  static CaConnection trusting(
      Credential credential,
      Optional<TlsIdentity> identity,
      Patience patience,
      InstantSource clock) {
    return new CaConnection(ServerTrust.of(credential, clock), identity, patience, clock);
  }

  private static SSLContext context(ServerTrust trust, Optional<TlsIdentity> identity) {
    try {
      SSLContext context = SSLContext.getInstance("TLS");
      // Explicitly no keys: with null, JSSE would take those of javax.net.ssl.keyStore.
      KeyManager[] keys = identity.map(i -> new KeyManager[] {i}).orElse(new KeyManager[0]);
      context.init(keys, new TrustManager[] {trust}, null);
      return context;
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("This Java has no TLS", e);
    }
  }

  /** The server that answered last; only before the first answer there is none. */
  ServerTrust.Accepted server() {
    return trust.accepted().orElseThrow(IllegalStateException::new);
  }

  /** Whether anything can have been sent yet: not before a server was proved. */
  boolean hasMet() {
    return trust.accepted().isPresent();
  }

  Answer get(URI uri, String accept) {
    return send(HttpRequest.newBuilder(uri).GET().header("Accept", accept).build());
  }

  Answer post(URI uri, String contentType, byte[] body, Map<String, String> headers) {
    return send(withBody(uri, "POST", contentType, body, headers));
  }

  Answer patch(URI uri, byte[] body) {
    return send(withBody(uri, "PATCH", "application/json", body, Map.of()));
  }

  Answer postNothing(URI uri) {
    return send(
        HttpRequest.newBuilder(uri)
            .POST(BodyPublishers.noBody())
            .header("Accept", "application/json")
            .build());
  }

  Answer delete(URI uri) {
    return send(HttpRequest.newBuilder(uri).DELETE().header("Accept", "application/json").build());
  }

  private static HttpRequest withBody(
      URI uri, String method, String contentType, byte[] body, Map<String, String> headers) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(uri)
            .method(method, BodyPublishers.ofByteArray(body))
            .header("Content-Type", contentType)
            .header("Accept", "application/json");
    headers.forEach(request::header);
    return request.build();
  }

  private Answer send(HttpRequest request) {
    // Not sendAsync, whose answers pass by the common pool: all its threads may be waiting here
    FutureTask<HttpResponse<byte[]>> coming =
        new FutureTask<>(() -> client.send(request, BoundedBody.upTo(patience.largestAnswer())));
    Thread asking = new Thread(coming, "countersign-ask");
    asking.setDaemon(true);
    asking.start();
    try {
      // The request's own time limit ends with the headers; this one covers a body that drips.
      HttpResponse<byte[]> response =
          coming.get(patience.connect().plus(patience.answer()).toMillis(), TimeUnit.MILLISECONDS);
      return new Answer(
          request.uri(),
          response.statusCode(),
          response.headers().firstValue("Content-Type").orElse(""),
          response.headers().firstValue("Location"),
          RetryAfter.of(response.headers(), clock),
          response.body());
    } catch (TimeoutException e) {
      coming.cancel(true);
      throw new UnusableAnswerException(
          ConnectionFailures.at(request.uri())
              + " did not answer in full within "
              + patience.connect().plus(patience.answer()).toSeconds()
              + " s. Nothing is lost: try again later.",
          e);
    } catch (InterruptedException e) {
      coming.cancel(true);
      Thread.currentThread().interrupt();
      throw new ClientException(
          Kind.UNREACHABLE, "Interrupted while waiting for " + request.uri() + ".", e);
    } catch (ExecutionException e) {
      throw ConnectionFailures.translate(request.uri(), e);
    }
  }
}
