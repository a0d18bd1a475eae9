package dev.countersign.server;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** The database is gone under a running server. */
abstract class UnavailableContract extends ContractCases {

  @Test
  void what_needs_the_database_says_that_asking_again_is_safe(World world) {
    try (TestServer server = TestServer.start()) {
      Credential admin = server.enrolled(server.adminString);
      TestClient client = server.as(admin);
      Credential.Wish wish = Credential.wish(server.string("admin"));
      byte[] enrol = wish.jws(server.https());
      server.wiring().founded.database().close();
      byte[] renew = admin.signed(server.https().resolve("/v1/renew"), wish.payload());
      unavailable(client.post("/v1/enroll", TestClient.JOSE, enrol));
      unavailable(client.post("/v1/renew", TestClient.JOSE, renew));
      unavailable(client.post("/v1/certificates/0abc/revoke", json("{'reason':'superseded'}")));
      for (RefusalContract.Call call : RefusalContract.WITH_BODY) {
        unavailable(client.send(call.method(), call.path(), TestClient.JSON, "{}".getBytes(UTF_8)));
      }
      for (RefusalContract.Call call : RefusalContract.FOR_READERS) {
        unavailable(client.get(call.path()));
      }
      for (RefusalContract.Call call : RefusalContract.WITHOUT_BODY) {
        unavailable(client.send(call.method(), call.path(), null, null));
      }
      ok(client.get("/v1/trust"), 200);
    }
  }

  private static void unavailable(TestClient.Answer answer) {
    refused(answer, 503, "unavailable");
    assertThat(answer.header("Retry-After")).isNotEmpty();
  }
}
