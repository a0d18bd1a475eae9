package dev.countersign.client.testing;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpsExchange;
import dev.countersign.pki.Certificate;
import dev.countersign.pki.FlattenedJws;
import dev.countersign.pki.Json;
import dev.countersign.pki.SerialNumber;
import java.io.IOException;
import java.security.cert.CertificateEncodingException;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;

/** What clients say that they have loaded, and when they are to renew. */
final class TestContact {
  private static final String INFO = "/v1/renewal-info/";

  private final AuthorityDouble server;
  private final InstantSource clock;
  private final Map<SerialNumber, Instant> calledIn = new ConcurrentHashMap<>();
  final List<TestAuthority.Checkin> checkins = new CopyOnWriteArrayList<>();

  TestContact(AuthorityDouble server, InstantSource clock) {
    this.server = server;
    this.clock = clock;
  }

  void callIn(SerialNumber serial) {
    calledIn.put(serial, clock.instant());
  }

  boolean answers(HttpExchange exchange) throws IOException {
    String path = exchange.getRequestURI().getPath();
    if (path.equals("/v1/checkin")) {
      checkin(exchange);
      return true;
    }
    if (path.startsWith(INFO)) {
      window(exchange, SerialNumber.parse(path.substring(INFO.length())));
      return true;
    }
    return false;
  }

  private void checkin(HttpExchange exchange) throws IOException {
    byte[] body = exchange.getRequestBody().readAllBytes();
    JsonNode json;
    SerialNumber serial;
    boolean signed =
        "application/jose+json".equals(exchange.getRequestHeaders().getFirst("Content-Type"));
    if (signed) {
      FlattenedJws jws = FlattenedJws.parse(body);
      Certificate own = jws.x5c().get(0);
      if (!jws.verify(own.x509().getPublicKey())) {
        throw new IOException("a signature of somebody else");
      }
      serial = own.serial();
      json = Json.MAPPER.readTree(jws.payloadBytes());
    } else {
      serial = shown((HttpsExchange) exchange).serial();
      json = Json.MAPPER.readTree(body);
    }
    checkins.add(
        new TestAuthority.Checkin(
            serial,
            json.get("trustBundle").longValue(),
            json.get("denials").longValue(),
            Optional.ofNullable(json.get("version")).map(JsonNode::textValue),
            signed));
    ObjectNode newest = Json.MAPPER.createObjectNode();
    newest.put("serverTime", clock.instant().toString());
    newest.put("denials", server.denials);
    newest.put("trustBundle", server.bundleNumber);
    answer(exchange, newest);
  }

  private static Certificate shown(HttpsExchange exchange) throws IOException {
    try {
      return Certificate.parse(
          ((X509Certificate) exchange.getSSLSession().getPeerCertificates()[0]).getEncoded());
    } catch (CertificateEncodingException | dev.countersign.pki.MalformedCertificateException e) {
      throw new IOException(e);
    }
  }

  private void window(HttpExchange exchange, SerialNumber serial) throws IOException {
    Certificate known =
        server.issued.stream()
            .filter(one -> one.serial().equals(serial))
            .findFirst()
            .orElseThrow(() -> new IOException("nobody has " + serial));
    ObjectNode info = Json.MAPPER.createObjectNode();
    ObjectNode window = info.putObject("suggestedWindow");
    Instant called = calledIn.get(serial);
    window.put("start", (called == null ? AuthorityDouble.start(known) : called).toString());
    window.put("end", (called == null ? AuthorityDouble.end(known) : called).toString());
    info.put("why", called == null ? "scheduled" : "called");
    exchange.getResponseHeaders().set("Retry-After", "3600");
    answer(exchange, info);
  }

  private static void answer(HttpExchange exchange, ObjectNode json) throws IOException {
    AuthorityDouble.send(exchange, 200, "application/json", Json.MAPPER.writeValueAsBytes(json));
  }
}
