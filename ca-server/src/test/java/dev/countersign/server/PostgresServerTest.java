package dev.countersign.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.countersign.db.Dialect;
import dev.countersign.db.testing.OnEveryEngine;
import dev.countersign.db.testing.TestDatabase;
import dev.countersign.server.config.DatabaseConfig;
import dev.countersign.server.config.LimitsConfig;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;

/** The story over the other engine; the stores have their own tests on both. */
class PostgresServerTest {

  @OnEveryEngine(Dialect.POSTGRESQL)
  void enrols_renews_revokes_and_starts_again(TestDatabase database) throws Exception {
    String url = database.settings().url();
    String user = database.settings().user().orElseThrow();
    empty(url, user);
    TestServer.Settings settings =
        new TestServer.Settings(LimitsConfig.DEFAULT, new DatabaseConfig(url, user, null));
    try (TestServer server = TestServer.start(settings)) {
      assertThat(server.dir.resolve("database")).doesNotExist();
      Credential admin = server.enrolled(server.adminString);
      Credential orders = server.identity("orders", "peer", World.dns("orders.internal"));
      Credential.Wish wish = orders.renewal();
      Credential renewed =
          wish.granted(server.as(orders).post("/v1/renew", TestClient.JSON, wish.payload()));
      TestClient.Answer revoked =
          server.as(admin).post("/v1/identities/orders/revoke", "{\"reason\":\"keyCompromise\"}");
      assertThat(revoked.json().path("revoked").toString())
          .contains(orders.serial(), renewed.serial());
      server.stop();
      server.serve();
      TestClient client = server.as(admin);
      assertThat(client.get("/v1/certificates/" + renewed.serial()).json().path("status").asText())
          .isEqualTo("revoked");
      assertThat(client.get("/v1/certificates?identity=orders").json().path("items")).hasSize(2);
    }
  }

  /** As an operator hands it over: without a schema of ours. */
  static void empty(String url, String user) throws SQLException {
    try (Connection connection = DriverManager.getConnection(url, user, "")) {
      connection.createStatement().execute("drop schema public cascade; create schema public");
    }
  }
}
