package dev.countersign.stacks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.countersign.client.CredentialFolder;
import dev.countersign.client.testing.TestAuthority;
import dev.countersign.client.tls.MutualTls;
import dev.countersign.client.tls.Peers;
import dev.countersign.stacks.kafka.MutualTlsEngineFactory;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.KafkaException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Kafka's client. */
class KafkaTest {
  private static final Map<String, Object> PROPERTIES =
      Map.of(
          "security.protocol",
          "SSL",
          "ssl.engine.factory.class",
          MutualTlsEngineFactory.class.getName(),
          "default.api.timeout.ms",
          "60000",
          "request.timeout.ms",
          "30000",
          "reconnect.backoff.ms",
          "1",
          "retry.backoff.ms",
          "1",
          "enable.metrics.push",
          "false");

  private static Admin admin(String url, Map<String, Object> more) {
    Map<String, Object> all = new java.util.HashMap<>(PROPERTIES);
    all.put("bootstrap.servers", URI.create(url).getAuthority());
    all.putAll(more);
    return Admin.create(all);
  }

  private static String cluster(Admin admin) throws Exception {
    try {
      return admin.describeCluster().clusterId().get();
    } catch (ExecutionException e) {
      throw (Exception) e.getCause();
    }
  }

  @Nested
  class ClientOfKafka extends ClientContract {
    @Override
    Peer serve(MutualTls tls) throws Exception {
      return new KafkaPeer(tls, served);
    }

    @Override
    Client client(MutualTls tls, String protocol) {
      return new Client() {
        private @Nullable Admin admin;

        @Override
        public String get(String url) throws Exception {
          if (admin == null) {
            admin =
                admin(
                    url,
                    Map.of(MutualTlsEngineFactory.TLS, tls, "ssl.enabled.protocols", protocol));
          }
          String cluster = cluster(admin);
          if (!keep) {
            close(); // it connects again by itself, and nobody can tell when
            admin = null;
          }
          return cluster;
        }

        @Override
        public void close() {
          if (admin != null) {
            admin.close(Duration.ZERO);
          }
        }
      };
    }
  }

  @TempDir Path folders;

  @Test
  void is_configured_by_properties_alone() throws Exception {
    AtomicInteger served = new AtomicInteger();
    try (TestAuthority authority = TestAuthority.start();
        Party orders = new Party(authority, folders, "orders")) {
      orders.tls.accept(Peers::everyone);
      CredentialFolder folder = CredentialFolder.at(folders.resolve("billing"));
      authority.issue(folder, "billing");
      try (KafkaPeer broker = new KafkaPeer(orders.tls, served)) {
        Map<String, Object> folderOnly =
            Map.of(MutualTlsEngineFactory.FOLDER, folder.path().toString());
        assertThatThrownBy(() -> admin(broker.url(), folderOnly))
            .isInstanceOf(KafkaException.class)
            .hasRootCauseMessage(
                "Invalid value null for configuration countersign.accept: must say whom to accept");
        Map<String, Object> whole = new java.util.HashMap<>(folderOnly);
        whole.put(MutualTlsEngineFactory.ACCEPT, "ledger, order*");
        try (Admin admin = admin(broker.url(), whole)) {
          assertThat(cluster(admin))
              .isEqualTo(folder.read().certificate().serial().toBigInteger().toString(16));
        }
        whole.put(MutualTlsEngineFactory.ACCEPT, "ledger");
        try (Admin admin = admin(broker.url(), whole)) {
          assertThatThrownBy(() -> cluster(admin)).hasMessageContaining("SSL");
        }
        assertThat(served).hasValue(1);
      }
    }
  }
}
