package dev.countersign.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.countersign.client.testing.AuthorityDouble;
import dev.countersign.client.testing.CrlServer;
import dev.countersign.client.testing.Crls;
import dev.countersign.pki.testing.MovableClock;
import dev.countersign.pki.testing.TestCa;
import java.math.BigInteger;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import org.bouncycastle.asn1.x509.CRLNumber;
import org.bouncycastle.asn1.x509.CRLReason;
import org.bouncycastle.asn1.x509.Extension;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the commands say of a credential that stands in its folder's revocation list. */
class RevokedCommandsTest {
  @TempDir Path temp;

  private final MovableClock clock =
      new MovableClock(Instant.now().truncatedTo(ChronoUnit.SECONDS));
  private final TestCa ca = TestCa.create(clock);
  private final CrlServer crls = CrlServer.start();
  private AuthorityDouble authority;
  private CliRun cli;
  private String directory;

  @BeforeEach
  void start() {
    authority = AuthorityDouble.start(ca, clock);
    ca.pointToCrlsAt(crls.url());
    cli = new CliRun(clock, temp.resolve("home"));
    directory = temp.resolve("orders").toString();
    cli.stdin(authority.string("orders").encode()).run("enroll", "-", "--dir", directory).ends(0);
  }

  @AfterEach
  void stop() {
    authority.close();
    crls.close();
  }

  private void revoke(int reason) {
    crls.publish(Crls.of(ca, clock.instant()).revoked(authority.issued.get(0), reason).der());
    assertThat(cli.run("trust", "--dir", directory).ends(0).err())
        .contains("Newer revocation lists");
  }

  @Test
  void trust_says_why_no_newer_list_is_taken() {
    crls.publish(
        Crls.of(ca, clock.instant().plusSeconds(1))
            .extension(Extension.deltaCRLIndicator, true, new CRLNumber(BigInteger.ONE))
            .der());
    assertThat(cli.run("trust", "--dir", directory).ends(0).err())
        .contains("No newer revocation list from ", " is only a part. What is in crl.pem stays.");
    crls.close();
    assertThat(cli.run("trust", "--dir", directory).ends(0).err())
        .contains("No newer revocation list from ", ". What is in crl.pem stays.")
        .doesNotContain("..");
  }

  @Test
  void status_says_as_of_when_it_is_not_revoked() {
    JsonNode revocation =
        cli.run("status", "--json", "--dir", directory).ends(0).json().get("revocation");
    assertThat(revocation.has("asOf")).isTrue();
    assertThat(revocation.has("nextUpdate")).isTrue();
    assertThat(revocation.has("revokedAt")).isFalse();
    clock.advance(java.time.Duration.ofDays(2));
    assertThat(cli.run("status", "--dir", directory).ends(0).out())
        .contains("out of date since", "countersign trust");
  }

  @Test
  void status_tells_that_it_is_revoked() {
    revoke(CRLReason.keyCompromise);
    CliRun.Result result = cli.run("status", "--dir", directory).ends(3);
    assertThat(result.out()).contains("revoked (keyCompromise, since " + clock.instant() + ")");
    assertThat(result.err()).contains("new enrolment string", "--replace --dir " + directory);
    JsonNode json = cli.run("status", "--json", "--dir", directory).ends(3).json();
    assertThat(json.get("state").textValue()).isEqualTo("revoked");
    assertThat(json.get("secondsLeft").longValue()).isZero();
    assertThat(json.at("/revocation/reason").textValue()).isEqualTo("keyCompromise");
    assertThat(json.at("/revocation/revokedAt").textValue()).isEqualTo(clock.instant().toString());
  }

  @Test
  void status_tells_that_it_is_on_hold() {
    revoke(CRLReason.certificateHold);
    assertThat(cli.run("status", "--dir", directory).ends(3).err()).contains("lift the hold");
    assertThat(
            cli.run("status", "--json", "--dir", directory).ends(3).json().get("state").textValue())
        .isEqualTo("on-hold");
  }

  @Test
  void renew_tells_what_to_do_without_asking_the_authority() {
    revoke(CRLReason.superseded);
    int requests = authority.requests.size();
    JsonNode error = cli.run("renew", "--json", "--dir", directory).ends(3).jsonError();
    assertThat(error.get("kind").textValue()).isEqualTo("refused");
    assertThat(error.get("message").textValue()).contains("superseded", "new enrolment string");
    assertThat(authority.requests).hasSize(requests);
  }

  @Test
  void inspect_knows_the_lists_of_a_folder() {
    String certificate = Path.of(directory, "current", "cert.pem").toString();
    JsonNode before = inspected(certificate);
    assertThat(before.get("state").textValue()).isEqualTo("valid");
    revoke(CRLReason.keyCompromise);
    JsonNode after = inspected(certificate);
    assertThat(after.get("state").textValue()).isEqualTo("revoked");
    assertThat(after.get("reason").textValue()).isEqualTo("keyCompromise");
    assertThat(after.get("revokedAt").textValue()).isEqualTo(clock.instant().toString());
  }

  private JsonNode inspected(String file) {
    return cli.run("inspect", file, "--json", "--dir", directory).ends(0).json().at("/items/0");
  }
}
