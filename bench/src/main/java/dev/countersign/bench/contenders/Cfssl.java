package dev.countersign.bench.contenders;

import dev.countersign.bench.load.HttpConnection;
import dev.countersign.bench.load.Load;
import dev.countersign.bench.load.Prepared;
import dev.countersign.bench.machine.Ports;
import dev.countersign.bench.machine.Postgres;
import dev.countersign.bench.operations.Subjects;
import dev.countersign.pki.Json;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * CFSSL's {@code serve}: {@code POST /api/v1/cfssl/sign} over plain HTTP, without asking who it is
 * (doc/api/endpoint_sign.txt of its repository).
 */
final class Cfssl {
  private static final String SIGN = "/api/v1/cfssl/sign";
  private static final String DATABASE = "cfssl";

  // certdb/pg/migrations of its repository, both of them
  private static final List<String> TABLES =
      List.of(
          """
          create table certificates (serial_number bytea not null,
            authority_key_identifier bytea not null, ca_label bytea, status bytea not null,
            reason int, expiry timestamptz, revoked_at timestamptz, pem bytea not null,
            issued_at timestamptz, not_before timestamptz, metadata jsonb, sans jsonb,
            common_name text, primary key (serial_number, authority_key_identifier))""",
          """
          create table ocsp_responses (serial_number bytea not null,
            authority_key_identifier bytea not null, body bytea not null, expiry timestamptz,
            primary key (serial_number, authority_key_identifier),
            foreign key (serial_number, authority_key_identifier)
              references certificates (serial_number, authority_key_identifier))""");

  private final Path program;
  private final Path folder;
  private final int port = Ports.free();

  Cfssl(Path program, Path folder) throws IOException {
    this.program = program;
    this.folder = folder;
  }

  /** Which stores nothing. */
  Contender make(Subjects subjects) throws IOException {
    return new Peer("CFSSL, nothing stored", process(), null, extent -> issue(subjects));
  }

  /** Which stores what it issues. */
  Contender makeOver(Postgres postgres, Subjects subjects) throws IOException, SQLException {
    postgres.createDatabase(DATABASE);
    for (String table : TABLES) {
      postgres.execute(DATABASE, table);
    }
    Path database = folder.resolve("database.json");
    write(
        database,
        Map.of(
            "driver",
            "postgres",
            "data_source",
            "postgres://postgres@127.0.0.1:"
                + postgres.port()
                + "/"
                + DATABASE
                + "?sslmode=disable"));
    return new Peer(
        "CFSSL, PostgreSQL",
        process("-db-config", database.toString()),
        postgres,
        extent -> issue(subjects));
  }

  private PeerProcess process(String... options) throws IOException {
    PeerAuthority authority = new PeerAuthority(folder);
    Path configuration = folder.resolve("config.json");
    // As our profile "peer": both ends of TLS, a week
    write(
        configuration,
        Map.of(
            "signing",
            Map.of(
                "default",
                Map.of(
                    "usages",
                    List.of("digital signature", "server auth", "client auth"),
                    "expiry",
                    "168h"))));
    List<String> command =
        new ArrayList<>(
            List.of(
                program.toString(),
                "serve",
                "-address=127.0.0.1",
                "-port=" + port,
                "-ca=" + authority.certificateFile(),
                "-ca-key=" + authority.keyFile(),
                "-config=" + configuration,
                "-loglevel=3")); // errors alone
    command.addAll(List.of(options));
    return new PeerProcess(command, folder, port);
  }

  private Load issue(Subjects subjects) throws IOException {
    List<byte[]> requests = new ArrayList<>();
    for (int i = 0; i < subjects.count(); i++) {
      byte[] body =
          Json.MAPPER
              .writeValueAsString(Map.of("certificate_request", subjects.requestPem(i)))
              .getBytes(StandardCharsets.UTF_8);
      requests.add(HttpConnection.request("POST", SIGN, "application/json", body));
    }
    return Prepared.again(
        () -> new HttpConnection(new Socket(InetAddress.getLoopbackAddress(), port)), requests);
  }

  private static void write(Path file, Map<String, Object> content) throws IOException {
    Files.writeString(file, Json.MAPPER.writeValueAsString(content));
  }
}
