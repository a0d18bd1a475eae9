package orders;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.countersign.client.CredentialFolder;
import dev.countersign.client.testing.TestAuthority;
import dev.countersign.client.tls.MutualTls;
import dev.countersign.client.tls.MutualTlsBuilder;
import dev.countersign.client.tls.Peers;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OrdersTest {
  @TempDir Path folders;
  private final TestAuthority authority = TestAuthority.start();
  private MutualTls tls;
  private Orders orders;

  @BeforeEach
  void start() throws IOException {
    tls = open("orders");
    orders = new Orders(tls, 0);
  }

  @AfterEach
  void stop() {
    orders.close();
    tls.close();
    authority.close();
  }

  private CredentialFolder folder(String identity) {
    return CredentialFolder.at(folders.resolve(identity));
  }

  private MutualTls open(String identity) {
    authority.issue(folder(identity), identity);
    MutualTlsBuilder builder = MutualTls.builder(folder(identity).path());
    return builder.clock(authority.clock()).keptUpByHand().open();
  }

  private String ask(MutualTls asking) throws Exception {
    asking.accept(Peers::everyone);
    HttpClient http = HttpClient.newBuilder().sslContext(asking.context()).build();
    URI uri = URI.create("https://localhost:" + orders.port() + "/");
    return http.send(HttpRequest.newBuilder(uri).build(), BodyHandlers.ofString()).body();
  }

  @Test
  void answers_billing_and_nobody_else() throws Exception {
    try (MutualTls billing = open("billing");
        MutualTls shipping = open("shipping")) {
      assertEquals("three orders", ask(billing));
      assertThrows(IOException.class, () -> ask(shipping));
    }
  }

  @Test
  void goes_on_when_its_certificate_was_renewed() throws Exception {
    try (MutualTls billing = open("billing")) {
      assertEquals("three orders", ask(billing));
      var before = tls.status().serial();
      authority.pass(Duration.ofDays(25));
      tls.keepUp();
      billing.keepUp();
      assertNotEquals(before, tls.status().serial());
      assertEquals("three orders", ask(billing));
    }
  }

  @Test
  void does_not_answer_who_was_revoked() throws Exception {
    try (MutualTls billing = open("billing")) {
      assertEquals("three orders", ask(billing));
      authority.revoke(folder("billing").read().certificate());
      authority.update(folder("orders"));
      tls.reload();
      assertThrows(IOException.class, () -> ask(billing));
    }
  }

  /** A service may have any Jackson, or none. */
  @Test
  void brings_no_library_that_could_be_another_one() {
    assertThrows(
        ClassNotFoundException.class,
        () -> Class.forName("com.fasterxml.jackson.databind.ObjectMapper"));
    assertThrows(ClassNotFoundException.class, () -> Class.forName("picocli.CommandLine"));
  }
}
