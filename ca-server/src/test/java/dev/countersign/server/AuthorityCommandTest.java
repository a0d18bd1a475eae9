package dev.countersign.server;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import org.junit.jupiter.api.Test;

/** {@code countersignd authority revoke}; what it does to clients is told elsewhere. */
class AuthorityCommandTest {

  @Test
  void the_next_issuing_ca_names_the_address_at_which_the_server_was_last() throws IOException {
    try (TestServer server = TestServer.start()) { // on ports that the file does not know
      String last = server.http().toString();
      server.stop();

      InProcess.Ended ended =
          InProcess.countersignd(
              "authority",
              "revoke",
              "issuing-1",
              "--dir",
              server.dir.toString(),
              "--reason",
              "superseded",
              "--i-understand-that-all-its-certificates-fall");

      assertThat(ended.code()).as(ended.err()).isZero();
      server.serve();
      byte[] successor = server.wiring().founded.hierarchy().issuing().certificate().encoded();
      assertThat(new String(successor, ISO_8859_1))
          .contains(last + "/crl/root-1.crl", last + "/ca/root-1.crt");
    }
  }
}
