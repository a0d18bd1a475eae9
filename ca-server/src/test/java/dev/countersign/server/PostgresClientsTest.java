package dev.countersign.server;

import dev.countersign.agent.Hook;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** PostgreSQL with clients that show certificates, told by SIGHUP. */
@ExtendWith(World.Shared.class)
class PostgresClientsTest {
  private static final int PROTOCOL = 3 << 16; // PostgreSQL 55.7, StartupMessage

  @TempDir Path temp;

  @Test
  void under_load_postgresql_is_renewed_and_refuses_the_revoked_alone(World world)
      throws Exception {
    try (KeptProgram program = new KeptProgram(world, temp)) {
      Path data = temp.resolve("data");
      EmbeddedPostgres.Builder builder =
          EmbeddedPostgres.builder()
              .setPort(program.port)
              .setDataDirectory(data)
              .setCleanDataDirectory(false)
              .setServerConfig("ssl", "on")
              .setServerConfig("ssl_cert_file", program.current("fullchain.pem").toString())
              .setServerConfig("ssl_key_file", program.current("key.pem").toString())
              .setServerConfig("ssl_ca_file", program.current("trust.pem").toString())
              .setServerConfig("ssl_crl_file", program.current("crl.pem").toString())
              .setServerConfig("shared_buffers", "16MB");
      try (EmbeddedPostgres postgres = builder.start()) {
        Files.writeString(
            data.resolve("pg_hba.conf"),
            "hostssl all all 127.0.0.1/32 trust clientcert=verify-ca\n"
                + "hostnossl all all 127.0.0.1/32 trust\n");
        program
            .after(PostgresClientsTest::askForTls)
            .isKept(
                PostgresClientsTest::connect,
                KeptProgram.signal(
                    "HUP",
                    data.resolve("postmaster.pid"),
                    Hook.ALL,
                    "postgres://localhost:" + postgres.getPort()));
      }
    }
  }

  private static void askForTls(java.net.Socket plain) throws IOException {
    DataOutputStream out = new DataOutputStream(plain.getOutputStream());
    out.writeInt(8);
    out.writeInt(80877103); // PostgreSQL 55.7, SSLRequest
    out.flush();
    if (plain.getInputStream().read() != 'S') {
      throw new IOException("it does not offer TLS");
    }
  }

  private static void connect(javax.net.ssl.SSLSocket tls) throws IOException {
    DataOutputStream out = new DataOutputStream(tls.getOutputStream());
    byte[] names = "user\0postgres\0database\0postgres\0\0".getBytes(StandardCharsets.US_ASCII);
    out.writeInt(8 + names.length);
    out.writeInt(PROTOCOL);
    out.write(names);
    out.flush();
    int answer = new DataInputStream(tls.getInputStream()).read();
    if (answer != 'R') { // AuthenticationOk
      throw new IOException("it answered " + answer);
    }
  }
}
