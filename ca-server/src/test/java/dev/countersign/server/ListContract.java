package dev.countersign.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Revocation lists, on the listener without TLS. */
abstract class ListContract extends ContractCases {

  @Test
  void lists_are_given_whole_in_parts_and_when_they_are_new() {
    try (TestServer server = TestServer.start(TestServer.Settings.shards(2))) {
      TestClient client = TestClient.anonymous(server.http(), server.root());
      for (String path : List.of("/crl/issuing-1.crl", "/crl/issuing-1/1.crl")) {
        await()
            .atMost(Duration.ofSeconds(60))
            .until(() -> !client.get(path).header("Last-Modified").isEmpty());
        TestClient.Answer whole = client.get(path);
        ok(whole, 200);
        assertThat(whole.header("Content-Type")).isEqualTo("application/pkix-crl");
        TestClient.Answer part = client.get(path, "Range", "bytes=5-9");
        assertThat(part.status()).isEqualTo(206);
        assertThat(part.response().body()).hasSize(5);
        assertThat(client.get(path, "Range", "bytes=999999-").status()).isEqualTo(416);
        for (String method : List.of("GET", "HEAD")) {
          assertThat(asked(client, method, path, "X-None", "").status()).isEqualTo(200);
          assertThat(asked(client, method, path, "If-None-Match", whole.header("ETag")).status())
              .isEqualTo(304);
          assertThat(
                  asked(client, method, path, "If-Modified-Since", whole.header("Last-Modified"))
                      .status())
              .isEqualTo(304);
          String absent = path.replace("issuing-1", "none");
          assertThat(asked(client, method, absent, "X-None", "").status()).isEqualTo(404);
        }
      }
      for (String none :
          List.of("/crl/issuing-1/2.crl", "/crl/issuing-1/01.crl", "/crl/issuing-1/delta.crl")) {
        refused(client.get(none), 404, "not-found");
      }
    }
  }

  private static TestClient.Answer asked(
      TestClient client, String method, String path, String header, String value) {
    return client.send(
        client
            .request(path)
            .method(method, java.net.http.HttpRequest.BodyPublishers.noBody())
            .header(header, value)
            .build());
  }
}
