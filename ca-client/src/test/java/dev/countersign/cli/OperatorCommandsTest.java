package dev.countersign.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.countersign.client.testing.AuthorityDouble;
import dev.countersign.pki.CertificateRequest;
import dev.countersign.pki.KeyAlgorithm;
import dev.countersign.pki.Names;
import dev.countersign.pki.Pem;
import dev.countersign.pki.testing.MovableClock;
import dev.countersign.pki.testing.TestCa;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** What operators ask: the request as the contract has it, the answer as text and as JSON. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class OperatorCommandsTest {
  private static final String SERIAL = "00112233445566778899aabbccddeeff00112233";
  private static final String IDENTITY =
      "{\"name\":\"orders\",\"profile\":\"peer\",\"names\":{\"dns\":[\"orders.internal\"]},\"state\":\"active\","
          + "\"createdAt\":\"2026-11-24T08:00:00Z\",\"later\":true}";
  private static final String ENROLLMENT =
      "{\"id\":\"e7\",\"identity\":\"orders\",\"profile\":\"peer\",\"state\":\"open\",\"createdAt\":\"2026-11-24T08:00:00Z\","
          + "\"expiresAt\":\"2026-11-24T09:00:00Z\",\"uses\":1,\"usesLeft\":1,\"createdBy\":\"admin\"}";
  private static final String SUMMARY =
      "\"serial\":\""
          + SERIAL
          + "\",\"identity\":\"orders\",\"profile\":\"peer\",\"issuer\":\"issuing-1\","
          + "\"names\":{\"dns\":[\"orders.internal\"]},\"notBefore\":\"2026-11-24T08:00:00Z\","
          + "\"notAfter\":\"2026-12-24T08:00:00Z\",\"status\":\"active\",\"keyHash\":\""
          + "ab".repeat(32)
          + "\"";
  private static final String CERTIFICATE =
      "{"
          + SUMMARY
          + ",\"subject\":\"CN=orders\",\"issuedAt\":\"2026-11-24T08:00:00Z\",\"proof\":{\"kind\":\"enrollment\","
          + "\"id\":\"e7\"},\"requestedBy\":\"orders\",\"lineage\":[\""
          + SERIAL
          + "\"],\"certificate\":\"PEM\"}";
  private static final String REVOCATION =
      "{\"serial\":\""
          + SERIAL
          + "\",\"reason\":\"keyCompromise\",\"revokedAt\":\"2026-11-24T08:00:00Z\",\"revoked\":[\""
          + SERIAL
          + "\"],\"changed\":true}";

  @TempDir static Path temp;

  private final MovableClock clock =
      new MovableClock(Instant.now().truncatedTo(ChronoUnit.SECONDS));
  private AuthorityDouble authority;
  private CliRun cli;

  @BeforeAll
  void start() {
    authority = AuthorityDouble.start(TestCa.create(clock), clock);
    cli = new CliRun(clock, temp).with("COUNTERSIGN_HOME", temp.resolve("operator").toString());
    cli.stdin(authority.string("admin").encode()).run("enroll", "-", "--operator").ends(0);
  }

  @AfterAll
  void stop() {
    authority.close();
  }

  @BeforeEach
  void clear() {
    authority.requests.clear();
    authority.bodies.clear();
  }

  private void canned(String call, String answer) {
    authority.canned.put(call, answer);
  }

  private String lastBody() {
    return authority.bodies.get(authority.bodies.size() - 1);
  }

  @Test
  void identities() {
    canned("POST /v1/identities", IDENTITY);
    CliRun.Result added =
        cli.run(
                "identity",
                "add",
                "orders",
                "--dns",
                "orders.internal",
                "--uri",
                "spiffe://x/y",
                "--owner",
                "Ann")
            .ends(0);
    assertThat(lastBody())
        .isEqualTo(
            "{\"name\":\"orders\",\"owner\":\"Ann\",\"names\":{\"dns\":[\"orders.internal\"],\"uri\":[\"spiffe://x/y\"]}}");
    assertThat(added.out()).contains("orders.internal").doesNotContain("owner");
    assertThat(added.err()).contains("countersign enrollment create orders");
    assertThat(authority.lastClient).isPresent();
    cli.run("identity", "add", "ann", "--role", "auditor").ends(0);
    assertThat(lastBody())
        .isEqualTo("{\"name\":\"ann\",\"profile\":\"operator\",\"role\":\"auditor\"}");

    canned("GET /v1/identities/orders", IDENTITY);
    JsonNode shown = cli.run("identity", "show", "orders", "--json").ends(0).json();
    assertThat(shown.get("command").textValue()).isEqualTo("identity show");
    assertThat(shown.at("/identity/name").textValue()).isEqualTo("orders");

    canned("PATCH /v1/identities/orders", IDENTITY);
    cli.run("identity", "update", "orders", "--role", "none", "--no-names").ends(0);
    assertThat(lastBody()).isEqualTo("{\"role\":\"none\",\"names\":{}}");
    cli.run("identity", "update", "orders").ends(2);

    canned(
        "POST /v1/identities/orders/revoke",
        "{\"identity\":\"orders\",\"reason\":\"keyCompromise\",\"revokedAt\":\"2026-11-24T08:00:00Z\",\"revoked\":[\""
            + SERIAL
            + "\"],\"cancelledEnrollments\":[\"e7\"],\"changed\":true}");
    assertThat(
            cli.run(
                    "identity",
                    "revoke",
                    "orders",
                    "--reason",
                    "keyCompromise",
                    "--invalidity-date",
                    "2026-11-01")
                .ends(0)
                .out())
        .contains(SERIAL, "e7");
    assertThat(lastBody())
        .isEqualTo("{\"reason\":\"keyCompromise\",\"invalidityDate\":\"2026-11-01T00:00:00Z\"}");
    cli.run("identity", "revoke", "orders", "--reason", "boredom").ends(2);

    canned("POST /v1/identities/orders/restore", IDENTITY);
    cli.run("identity", "restore", "orders").ends(0);
  }

  @Test
  void lists_follow_the_pages() {
    canned(
        "GET /v1/identities?state=active&limit=1000",
        "{\"items\":[" + IDENTITY + "],\"next\":\"c&1\"}");
    canned(
        "GET /v1/identities?state=active&limit=1000&cursor=c%261",
        "{\"items\":[" + IDENTITY.replace("orders\"", "billing\"") + "]}");
    CliRun.Result listed = cli.run("identity", "list", "--state", "active").ends(0);
    assertThat(listed.out().lines()).hasSize(3).first().asString().startsWith("NAME");
    assertThat(cli.run("identity", "list", "--state", "active", "--json").json().get("items"))
        .hasSize(2);
    canned("GET /v1/identities?limit=1", "{\"items\":[" + IDENTITY + "],\"next\":\"c\"}");
    assertThat(cli.run("identity", "list", "--limit", "1", "--json").json().get("items"))
        .hasSize(1);
    canned("GET /v1/identities?limit=1000", "{\"items\":[]}");
    CliRun.Result none = cli.run("identity", "list").ends(0);
    assertThat(none.out()).isEmpty();
    assertThat(none.err()).contains("(none)");
  }

  @Test
  void enrolments() {
    canned("POST /v1/enrollments", "{\"enrollment\":" + ENROLLMENT + ",\"string\":\"csgn1_AAAA\"}");
    CliRun.Result created =
        cli.run("enrollment", "create", "orders", "--ttl", "1h30m", "--uses", "3").ends(0);
    assertThat(created.out()).isEqualTo("csgn1_AAAA" + System.lineSeparator());
    assertThat(lastBody()).isEqualTo("{\"identity\":\"orders\",\"ttl\":\"PT1H30M\",\"uses\":3}");
    assertThat(cli.run("enrollment", "create", "orders", "--json").json().get("string").textValue())
        .isEqualTo("csgn1_AAAA");
    assertThat(lastBody()).isEqualTo("{\"identity\":\"orders\"}");
    canned(
        "GET /v1/enrollments?identity=orders&state=open&limit=1000",
        "{\"items\":[" + ENROLLMENT + "]}");
    assertThat(
            cli.run("enrollment", "list", "--identity", "orders", "--state", "open").ends(0).out())
        .contains("e7", "1/1");
    canned("DELETE /v1/enrollments/e7", ENROLLMENT.replace("open", "cancelled"));
    assertThat(cli.run("enrollment", "cancel", "e7").ends(0).out()).contains("cancelled");
    cli.run("enrollment", "create", "orders", "--ttl", "soon").ends(2);
  }

  @Test
  void issuing_without_an_answer_names_the_key_to_ask_again_with() throws Exception {
    Path csr = Files.writeString(temp.resolve("lost.pem"), "a CSR");
    AtomicReference<String> key = new AtomicReference<>("");
    authority.fault =
        exchange -> {
          key.set(exchange.getRequestHeaders().getFirst("Idempotency-Key"));
          return true; // hangs up
        };
    try {
      String[] command = {"certificate", "issue", "--csr", csr.toString(), "--identity", "orders"};
      String again = "--idempotency-key=";
      assertThat(cli.run(command).ends(6).err()).contains(again + key.get());
      String[] withKey = Arrays.copyOf(command, command.length + 1);
      withKey[command.length] = again + "mine";
      assertThat(cli.run(withKey).ends(6).err()).doesNotContain(again);
      assertThat(key).hasValue("mine");
    } finally {
      authority.fault = exchange -> false;
    }
  }

  @Test
  void certificates() throws Exception {
    byte[] der =
        CertificateRequest.create(
            KeyAlgorithm.P256.generate(new SecureRandom()), Optional.empty(), Names.none());
    Path csr = Files.write(temp.resolve("csr.der"), der);
    Path pem = Files.writeString(temp.resolve("csr.pem"), Pem.encode("CERTIFICATE REQUEST", der));
    canned(
        "POST /v1/certificates",
        "{\"serial\":\""
            + SERIAL
            + "\",\"identity\":\"orders\",\"profile\":\"peer\",\"names\":{},\"notBefore\":\"2026-11-24T08:00:00Z\",\"notAfter\":\"2026-12-24T08:00:00Z\",\"certificate\":\"LEAF\\n"
            + "\",\"chain\":\"ISSUER\\n"
            + "\",\"trust\":{},\"denials\":{},\"renewal\":{}}");
    assertThat(
            cli.run(
                    "certificate",
                    "issue",
                    "--csr",
                    csr.toString(),
                    "--identity",
                    "orders",
                    "--profile",
                    "peer",
                    "--lifetime",
                    "2d")
                .ends(0)
                .out())
        .isEqualTo("LEAF\nISSUER\n");
    assertThat(lastBody())
        .contains(
            "\"csr\":\""
                + java.util.Base64.getUrlEncoder().withoutPadding().encodeToString(der)
                + "\"",
            "\"lifetime\":\"PT48H\"");
    Path out = temp.resolve("out.pem");
    cli.run(
            "certificate",
            "issue",
            "--csr",
            pem.toString(),
            "--identity",
            "orders",
            "--profile",
            "peer",
            "--out",
            out.toString())
        .ends(0);
    assertThat(lastBody()).contains("BEGIN CERTIFICATE REQUEST");
    assertThat(out).hasContent("LEAF\nISSUER");
    cli.run(
            "certificate",
            "issue",
            "--csr",
            pem.toString(),
            "--identity",
            "orders",
            "--profile",
            "peer",
            "--out",
            temp.resolve("no/such").toString())
        .ends(7);
    cli.run("certificate", "issue", "--identity", "orders").ends(2);
    cli.run("certificate", "issue", "--csr", pem.toString(), "--identity", "orders").ends(0);
    assertThat(lastBody()).doesNotContain("profile");

    canned("GET /v1/certificates/" + SERIAL, CERTIFICATE);
    assertThat(cli.run("certificate", "show", SERIAL).ends(0).out())
        .contains("enrollment e7", "lineage:");
    canned("GET /v1/certificates/" + SERIAL + ".pem", "PEM\n");
    assertThat(cli.run("certificate", "show", SERIAL, "--pem").ends(0).out()).isEqualTo("PEM\n");
    canned(
        "GET /v1/certificates?san=orders.internal&status=active&expiresBefore="
            + clock.instant().plus(Duration.ofDays(30)).toString().replace(":", "%3A")
            + "&limit=1000",
        "{\"items\":[{" + SUMMARY + "}]}");
    assertThat(
            cli.run(
                    "certificate",
                    "list",
                    "--san",
                    "orders.internal",
                    "--status",
                    "active",
                    "--expires-before",
                    "30d")
                .ends(0)
                .out())
        .contains(SERIAL);
    canned("POST /v1/certificates/" + SERIAL + "/revoke", REVOCATION);
    cli.run("certificate", "revoke", SERIAL, "--reason", "keycompromise").ends(0);
    assertThat(lastBody()).isEqualTo("{\"reason\":\"keyCompromise\"}");
    cli.run("certificate", "hold", SERIAL).ends(0);
    assertThat(lastBody()).isEqualTo("{\"reason\":\"certificateHold\"}");
    canned("POST /v1/certificates/" + SERIAL + "/release", CERTIFICATE);
    cli.run("certificate", "unhold", SERIAL).ends(0);
  }

  private static String unaware(String exposedUntil) {
    return "{\"items\":[{\"serial\":\""
        + "cd".repeat(20)
        + "\",\"identity\":\"ledger\",\"notAfter\":\"2026-12-24T08:00:00Z\","
        + "\"seenAt\":\"2026-11-24T07:59:00Z\",\"denials\":56,\"exposedUntil\":\""
        + exposedUntil
        + "\"}]}";
  }

  @Test
  void who_waits_is_told_who_has_not_heard_and_until_when_that_matters() {
    String numbered = REVOCATION.replace(",\"changed\"", ",\"denials\":57,\"changed\"");
    canned("POST /v1/certificates/" + SERIAL + "/revoke", numbered);
    canned("GET /v1/certificates/" + SERIAL, CERTIFICATE);
    canned("GET /v1/checkins?below=57&connected=true&limit=1000", "{\"items\":[]}");
    assertThat(cli.run("certificate", "revoke", SERIAL, "--wait").ends(0).err())
        .contains("All clients that were heard of");

    canned("GET /v1/checkins?below=57&connected=true&limit=1000", unaware("2026-11-25T08:00:00Z"));
    String[] waiting = {"certificate", "revoke", SERIAL, "--wait", "--wait-for", "PT0.01S"};
    CliRun.Result left = cli.run(waiting).ends(11);
    assertThat(left.err()).contains("1 client has not heard of it");
    assertThat(left.out()).contains("ledger", "56", "2026-11-25");
    String[] json = Arrays.copyOf(waiting, waiting.length + 1);
    json[waiting.length] = "--json";
    assertThat(cli.run(json).ends(11).json().at("/unaware/0/exposedUntil").asText())
        .isEqualTo("2026-11-25T08:00:00Z");

    canned("GET /v1/checkins?below=57&connected=true&limit=1000", unaware("2027-11-25T08:00:00Z"));
    assertThat(cli.run(json).ends(11).json().at("/unaware/0/exposedUntil").asText())
        .as("no longer than the certificate that was revoked")
        .isEqualTo("2026-12-24T08:00:00Z");
    canned("GET /v1/checkins?below=57&limit=1000", unaware("2027-11-25T08:00:00Z"));
    assertThat(cli.run("certificate", "unaware", "--below", "57").ends(0).out()).contains("ledger");
  }

  @Test
  void a_revocation_is_told_though_nobody_says_who_has_heard_of_it() {
    String numbered = REVOCATION.replace(",\"changed\"", ",\"denials\":58,\"changed\"");
    canned("POST /v1/certificates/" + SERIAL + "/revoke", numbered);
    // As when it is the operator's own, with which nothing is answered any more
    CliRun.Result text = cli.run("certificate", "revoke", SERIAL, "--wait").ends(11);
    assertThat(text.out()).contains("keyCompromise");
    assertThat(text.err()).contains("not known which clients", "certificate unaware --below 58");
    CliRun.Result json = cli.run("certificate", "revoke", SERIAL, "--wait", "--json").ends(11);
    assertThat(json.json().at("/revocation/serial").asText()).isEqualTo(SERIAL);
    assertThat(json.json().has("unaware")).isFalse();
  }

  @Test
  void an_operator_calls_in_certificates() {
    canned(
        "POST /v1/renewal-calls",
        "{\"kind\":\"identity\",\"name\":\"orders\",\"calledAt\":\"2026-11-24T08:00:00Z\","
            + "\"within\":\"PT2H\"}");
    cli.run("certificate", "call-in", "--identity", "orders", "--within", "2h").ends(0);
    assertThat(lastBody()).isEqualTo("{\"identity\":\"orders\",\"within\":\"PT2H\"}");
    cli.run("certificate", "call-in").ends(2);
    cli.run("certificate", "call-in", "--identity", "orders", "--serial", SERIAL).ends(2);
  }

  @Test
  void who_revokes_what_these_commands_act_by_is_told_the_way_back() {
    String own =
        cli.run("status", "--operator", "--json").ends(0).json().findPath("serial").asText();
    canned("POST /v1/certificates/" + own + "/revoke", REVOCATION.replace(SERIAL, own));
    assertThat(cli.run("certificate", "revoke", own).ends(0).err())
        .contains("warning: that is the certificate", "countersignd admin --dir DIR");
    canned("POST /v1/certificates/" + SERIAL + "/revoke", REVOCATION);
    assertThat(cli.run("certificate", "revoke", SERIAL).ends(0).err()).doesNotContain("warning");
  }

  @Test
  void who_asks_for_what_is_so_already_is_told_since_when_and_why() {
    String revocation = REVOCATION.replace("true}", "false}");
    canned("POST /v1/certificates/" + SERIAL + "/revoke", revocation);
    CliRun.Result revoked =
        cli.run("certificate", "revoke", SERIAL, "--reason", "superseded").ends(0);
    assertThat(revoked.err())
        .contains(
            "revoked already, at 2026-11-24T08:00:00Z for keyCompromise; nothing was changed");
    assertThat(revoked.out()).contains(SERIAL);
    assertThat(
            cli.run("certificate", "revoke", SERIAL, "--json")
                .json()
                .at("/revocation/changed")
                .booleanValue())
        .isFalse();
    canned(
        "POST /v1/certificates/" + SERIAL + "/revoke",
        revocation.replace("keyCompromise", "certificateHold"));
    assertThat(cli.run("certificate", "hold", SERIAL).ends(0).err())
        .contains("on hold already, since 2026-11-24T08:00:00Z; nothing was changed");
    canned(
        "POST /v1/certificates/" + SERIAL + "/release",
        CERTIFICATE.replace("\"PEM\"", "\"PEM\",\"changed\":false"));
    assertThat(cli.run("certificate", "unhold", SERIAL).ends(0).err())
        .contains("was not on hold; nothing was changed");
    canned(
        "POST /v1/identities/orders/revoke",
        "{\"identity\":\"orders\",\"reason\":\"superseded\",\"revokedAt\":\"2026-11-24T08:00:00Z\",\"revoked\":[],\"cancelledEnrollments\":[],\"changed\":false}");
    assertThat(cli.run("identity", "revoke", "orders").ends(0).err())
        .contains("orders was revoked already, at 2026-11-24T08:00:00Z for superseded");
    canned(
        "POST /v1/identities/orders/restore",
        IDENTITY.replace("\"later\":true", "\"changed\":false"));
    assertThat(cli.run("identity", "restore", "orders").ends(0).err())
        .contains("orders was not revoked; nothing was changed");
    canned(
        "DELETE /v1/enrollments/e7",
        ENROLLMENT
            .replace("open", "cancelled")
            .replace(
                "\"uses\"", "\"changed\":false,\"cancelledAt\":\"2026-11-24T08:30:00Z\",\"uses\""));
    assertThat(cli.run("enrollment", "cancel", "e7").ends(0).err())
        .contains("cancelled already, at 2026-11-24T08:30:00Z; nothing was changed");
    assertThat(cli.run("-q", "enrollment", "cancel", "e7").ends(0).err()).isEmpty();
  }

  @Test
  void profiles_authorities_and_events() {
    String profile =
        "{\"name\":\"peer\",\"keyUsage\":[\"digitalSignature\"],\"extendedKeyUsage\":[\"serverAuth\"],\"keyAlgorithms\":[\"P-256\"],"
            + "\"defaultLifetime\":\"P30D\",\"maximumLifetime\":\"P90D\",\"nameKinds\":[\"dns\"],\"spiffeId\":true,\"renewAfter\":0.66,"
            + "\"grace\":\"P7D\",\"copiedExtensions\":[]}";
    canned("GET /v1/profiles", "{\"items\":[" + profile + "]}");
    canned("GET /v1/profiles/peer", profile);
    assertThat(cli.run("profile", "list").ends(0).out()).contains("peer", "30d", "90d");
    assertThat(cli.run("profile", "show", "peer").ends(0).out()).contains("66 % of the life");
    String root =
        "{\"name\":\"root-1\",\"kind\":\"root\",\"state\":\"active\",\"subject\":\"CN=R\",\"serial\":\""
            + SERIAL
            + "\",\"keyAlgorithm\":\"P-256\",\"notBefore\":\"2026-11-24T08:00:00Z\",\"notAfter\":\"2036-11-24T08:00:00Z\",\"pin\":\"sha256:x\",\"keyPresent\":false,\"certificate\":\"PEM\\n"
            + "\"}";
    canned("GET /v1/authorities", "{\"items\":[" + root + "]}");
    canned("GET /v1/authorities/root-1", root);
    assertThat(
            cli.run("authority", "list", "--json")
                .ends(0)
                .json()
                .at("/items/0/keyPresent")
                .booleanValue())
        .isFalse();
    assertThat(cli.run("authority", "show", "root-1", "--pem").ends(0).out()).isEqualTo("PEM\n");
    String event =
        "{\"sequence\":5,\"at\":\"2026-11-24T08:00:00Z\",\"action\":\"identity.added\",\"actor\":{\"kind\":\"operator\",\"name\":\"admin\"},"
            + "\"identity\":\"orders\",\"details\":{\"a\":\"b\"}}";
    canned(
        "GET /v1/events?action=identity.added&after=4&order=oldest&limit=1000",
        "{\"items\":[" + event + "],\"next\":5}");
    canned(
        "GET /v1/events?action=identity.added&after=5&order=oldest&limit=1000", "{\"items\":[]}");
    assertThat(
            cli.run("event", "list", "--action", "identity.added", "--after", "4", "--oldest")
                .ends(0)
                .out())
        .contains("operator admin");
    canned("GET /v1/events?order=newest&limit=1", "{\"items\":[" + event + "],\"next\":5}");
    assertThat(cli.run("event", "list", "--limit", "1", "--json").ends(0).json().get("items"))
        .hasSize(1);
    canned("GET /v1/events?order=newest&limit=1000", "{\"items\":[" + event + "],\"next\":5}");
    canned(
        "GET /v1/events?order=newest&limit=1000&before=5",
        "{\"items\":[" + event.replace(":5,", ":4,") + "]}");
    assertThat(cli.run("event", "list", "--json").ends(0).json().get("items"))
        .extracting(item -> item.get("sequence").intValue())
        .containsExactly(5, 4);
    canned("GET /v1/events?before=9&order=newest&limit=1000", "{\"items\":[]}");
    cli.run("event", "list", "--before", "9").ends(0);
  }

  @Test
  void refusals_end_with_3_and_the_authoritys_words() {
    CliRun.Result refused = cli.run("identity", "show", "absent").ends(3);
    assertThat(refused.err()).contains("refused (not-found)");
    assertThat(
            cli.run("identity", "show", "absent", "--json")
                .ends(3)
                .jsonError()
                .get("kind")
                .textValue())
        .isEqualTo("refused");
  }

  @Test
  void without_a_credential_it_says_how_to_get_one() {
    CliRun nobody = new CliRun(clock, temp.resolve("nobody"));
    assertThat(nobody.run("identity", "list").ends(7).err())
        .contains(
            "There is no operator's credential in",
            "countersign enroll --operator",
            "COUNTERSIGN_HOME");
  }

  @Test
  void an_expired_operator_is_told_before_anything_is_asked() {
    MovableClock later = new MovableClock(clock.instant().plus(Duration.ofDays(31)));
    CliRun late =
        new CliRun(later, temp).with("COUNTERSIGN_HOME", temp.resolve("operator").toString());
    assertThat(late.run("identity", "list").ends(5).err()).contains("expired at");
    assertThat(authority.requests).isEmpty();
  }
}
