package dev.countersign.server.endtoend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import dev.countersign.cli.Main;
import dev.countersign.client.Contact;
import dev.countersign.client.Credential;
import dev.countersign.client.CredentialFolder;
import dev.countersign.client.Holder;
import dev.countersign.client.tls.MutualTls;
import dev.countersign.pki.Json;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The command line against the real server. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class CommandLineEndToEndTest {
  @TempDir static Path temp;

  private RunningAuthority authority;

  private record Result(int code, String out, String err) {
    Result ends(int expected) {
      assertThat(code).as("exit code; stdout: %s stderr: %s", out, err).isEqualTo(expected);
      return this;
    }

    JsonNode json() throws Exception {
      return Json.MAPPER.readTree(out);
    }
  }

  @BeforeAll
  void start() throws Exception {
    authority = new RunningAuthority(temp.resolve("ca"));
    countersignWith(authority.adminString(), "enroll", "-", "--operator").ends(0);
  }

  @AfterAll
  void stop() {
    authority.close();
  }

  private Result countersign(String... arguments) {
    return countersignWith("", arguments);
  }

  private Result countersignWith(String in, String... arguments) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    int code =
        Main.run(
            Map.of("COUNTERSIGN_HOME", temp.resolve("operator").toString()),
            temp.resolve("home"),
            new ByteArrayInputStream(in.getBytes(StandardCharsets.UTF_8)),
            new PrintStream(out, true, StandardCharsets.UTF_8),
            new PrintStream(err, true, StandardCharsets.UTF_8),
            arguments);
    return new Result(
        code, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
  }

  /** An identity with a fresh enrolment string. */
  private String string(String identity) {
    countersign("identity", "add", identity, "--dns", identity + ".internal").ends(0);
    return countersign("enrollment", "create", identity).ends(0).out();
  }

  private Path enrolled(String identity, String... options) {
    Path folder = temp.resolve(identity);
    List<String> arguments = new ArrayList<>(List.of("enroll", "-", "--dir", folder.toString()));
    arguments.addAll(List.of(options));
    countersignWith(string(identity), arguments.toArray(new String[0])).ends(0);
    return folder;
  }

  private static String openssl(int code, String... arguments) throws Exception {
    List<String> command = new ArrayList<>(List.of("openssl"));
    command.addAll(List.of(arguments));
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor(20, TimeUnit.SECONDS)).isTrue();
    assertThat(process.exitValue()).as(said).isEqualTo(code);
    return said;
  }

  @ParameterizedTest
  @ValueSource(strings = {"P-256", "P-384", "RSA-2048", "Ed25519"})
  void enrols_and_renews_with_each_kind_of_key(String algorithm) throws Exception {
    Path folder =
        enrolled(
            "key-" + algorithm.toLowerCase(java.util.Locale.ROOT), "--key-algorithm", algorithm);
    String directory = folder.toString();
    JsonNode first = countersign("status", "--dir", directory, "--json").ends(0).json();
    JsonNode signed = countersign("renew", "--force", "--json", "--dir", directory).ends(0).json();
    JsonNode shown =
        countersign("renew", "--force", "--proof", "mtls", "--json", "--dir", directory)
            .ends(0)
            .json();
    assertThat(List.of(first.get("serial"), signed.get("serial"), shown.get("serial")))
        .doesNotHaveDuplicates();
    assertThat(shown.get("names")).isEqualTo(first.get("names"));
    Path current = folder.resolve("current");
    assertThat(
            openssl(
                0,
                "verify",
                "-x509_strict",
                "-crl_check_all",
                "-CAfile",
                current.resolve("trust.pem").toString(),
                "-CRLfile",
                current.resolve("crl.pem").toString(),
                "-untrusted",
                current.resolve("chain.pem").toString(),
                current.resolve("cert.pem").toString()))
        .contains("OK");
    assertThat(
            countersign("inspect", "--json", current.resolve("cert.pem").toString())
                .ends(0)
                .json()
                .at("/items/0/keyAlgorithm")
                .textValue())
        .isEqualTo(algorithm);
    JsonNode record =
        countersign("certificate", "show", shown.get("serial").textValue(), "--json")
            .ends(0)
            .json()
            .get("certificate");
    assertThat(record.get("lineage")).hasSize(3);
    assertThat(record.at("/proof/kind").textValue()).isEqualTo("renewal");
  }

  @Test
  void a_compromised_identity_is_thrown_out_and_let_in_again() throws Exception {
    Path folder = enrolled("compromised");
    String directory = folder.toString();
    String serial =
        countersign("status", "--dir", directory, "--json").json().get("serial").textValue();
    JsonNode revocation =
        countersign("identity", "revoke", "compromised", "--reason", "keyCompromise", "--json")
            .ends(0)
            .json()
            .get("revocation");
    assertThat(revocation.at("/revoked/0").textValue()).isEqualTo(serial);
    assertThat(countersign("renew", "--force", "--dir", directory).ends(3).err())
        .contains("identity-revoked");
    assertThat(
            countersign("certificate", "list", "--identity", "compromised", "--status", "revoked")
                .ends(0)
                .out())
        .contains(serial);
    countersign("identity", "restore", "compromised").ends(0);
    countersign("renew", "--force", "--dir", directory).ends(3);
    String again = countersign("enrollment", "create", "compromised").ends(0).out();
    countersignWith(again, "enroll", "-", "--replace", "--dir", directory).ends(0);
    // What this folder trusts and what it denies are of one generation, and the old certificate is
    // among the denied.
    assertThat(
            openssl(
                0, "crl", "-in", folder.resolve("current/crl.pem").toString(), "-noout", "-text"))
        .containsIgnoringCase(serial);
  }

  @Test
  void trust_brings_newer_revocation_lists_too() throws Exception {
    Path folder = enrolled("watcher");
    String directory = folder.toString();
    String victim =
        countersign("status", "--json", "--dir", enrolled("victim").toString())
            .ends(0)
            .json()
            .get("serial")
            .textValue();
    countersign(
            "certificate", "revoke", victim, "--reason", "keyCompromise", "--invalidity-date", "1s")
        .ends(0);
    // The lists are made within a second of the revocation; until then this is the answer to asking
    // again.
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
    boolean listed = false;
    while (!listed && System.nanoTime() < deadline) {
      countersign("trust", "--dir", directory).ends(0);
      listed =
          openssl(0, "crl", "-in", folder.resolve("current/crl.pem").toString(), "-noout", "-text")
              .toLowerCase(java.util.Locale.ROOT)
              .contains(victim);
    }
    assertThat(listed).isTrue();
    assertThat(
            countersign("trust", "--json", "--dir", directory)
                .ends(0)
                .json()
                .get("changed")
                .booleanValue())
        .isFalse();
    countersign("status", "--dir", directory).ends(0);

    String own = temp.resolve("victim").toString();
    countersign("status", "--dir", own).ends(0); // it has not heard of it
    countersign("trust", "--dir", own).ends(0);
    assertThat(countersign("status", "--dir", own).ends(3).out()).contains("keyCompromise");
    assertThat(countersign("renew", "--dir", own).ends(3).err()).contains("was not asked");
    assertThat(countersign("renew", "--force", "--dir", own).ends(3).err())
        .contains("The authority at");
  }

  /** As in the quickstart, where every service is localhost. */
  @Test
  void a_service_of_the_authoritys_host_does_not_pass_for_the_authority() throws Exception {
    countersign("identity", "add", "imposter", "--dns", "localhost").ends(0);
    String string = countersign("enrollment", "create", "imposter").ends(0).out();
    Path folder = temp.resolve("imposter");
    countersignWith(string, "enroll", "-", "--dir", folder.toString()).ends(0);
    CredentialFolder credential = CredentialFolder.at(folder);
    try (Imposter imposter = Imposter.with(credential.read())) {
      Result refused = countersign("identity", "list", "--url", imposter.url()).ends(4);
      assertThat(refused.err())
          .contains("not the authority's own", "/imposter", "/countersignd", "Nothing was sent");
      assertThat(imposter.requests()).isZero();
      // The same server is a good one for what it is
      countersign("inspect", imposter.url(), "--dir", folder.toString()).ends(0);
    }
  }

  @Test
  void each_refusal_of_an_enrolment_is_its_own() throws Exception {
    String used = string("once");
    countersignWith(used, "enroll", "-", "--dir", temp.resolve("once-a").toString()).ends(0);
    assertThat(
            countersignWith(used, "enroll", "-", "--dir", temp.resolve("once-b").toString())
                .ends(3)
                .err())
        .contains("enrollment-used");
    assertThat(
            countersignWith(used, "enroll", "-", "--dir", temp.resolve("once-a").toString())
                .ends(0)
                .err())
        .contains("was used in this folder before");

    JsonNode created = countersign("enrollment", "create", "once", "--json").ends(0).json();
    countersign("enrollment", "cancel", created.at("/enrollment/id").textValue()).ends(0);
    assertThat(
            countersignWith(
                    created.get("string").textValue(),
                    "enroll",
                    "-",
                    "--dir",
                    temp.resolve("once-c").toString())
                .ends(3)
                .err())
        .contains("enrollment-cancelled");
  }

  @Test
  void holds_are_lifted_and_revocations_are_not() throws Exception {
    Path folder = enrolled("held");
    String serial =
        countersign("certificate", "list", "--san", "held.internal", "--json")
            .ends(0)
            .json()
            .at("/items/0/serial")
            .textValue();
    countersign("certificate", "hold", serial).ends(0);
    countersign("renew", "--force", "--dir", folder.toString()).ends(3);
    countersign("certificate", "unhold", serial).ends(0);
    countersign("renew", "--force", "--dir", folder.toString()).ends(0);
    countersign("certificate", "revoke", serial, "--reason", "superseded").ends(0);
    countersign("certificate", "unhold", serial).ends(3);
  }

  @Test
  void operators_issue_for_keys_that_stay_elsewhere() throws Exception {
    countersign("identity", "add", "elsewhere", "--dns", "elsewhere.internal").ends(0);
    Path key = temp.resolve("elsewhere.key");
    Path csr = temp.resolve("elsewhere.csr");
    openssl(
        0,
        "req",
        "-new",
        "-newkey",
        "ec",
        "-pkeyopt",
        "ec_paramgen_curve:P-256",
        "-nodes",
        "-subj",
        "/CN=elsewhere",
        "-addext",
        "subjectAltName=DNS:elsewhere.internal",
        "-keyout",
        key.toString(),
        "-out",
        csr.toString());
    String[] issue = {
      "certificate",
      "issue",
      "--csr",
      csr.toString(),
      "--identity",
      "elsewhere",
      "--profile",
      "server",
      "--lifetime",
      "2d",
      "--idempotency-key",
      "one"
    };
    String first = countersign(issue).ends(0).out();
    assertThat(countersign(issue).ends(0).out()).isEqualTo(first);
    assertThat(countersignWith(first, "inspect", "-").ends(0).out())
        .contains("elsewhere.internal", "serverAuth");
  }

  @Test
  void the_pages_of_a_list_come_whole_and_once() throws Exception {
    for (int i = 0; i < 5; i++) {
      countersign("identity", "add", "many-" + i).ends(0);
    }
    JsonNode all = countersign("identity", "list", "--json").ends(0).json().get("items");
    assertThat(all.findValuesAsText("name"))
        .contains("many-0", "many-4", "admin")
        .doesNotHaveDuplicates();
    assertThat(
            countersign("identity", "list", "--limit", "2", "--json").ends(0).json().get("items"))
        .hasSize(2);
    assertThat(countersign("event", "list", "--action", "identity.added").ends(0).out())
        .contains("many-3");
    assertThat(countersign("profile", "list").ends(0).out()).contains("peer");
    assertThat(countersign("authority", "show", "root-1").ends(0).out()).contains("sha256:");
  }

  @Test
  void two_folders_race_for_one_single_use_string_and_one_wins() throws Exception {
    String string = string("raced");
    CountDownLatch go = new CountDownLatch(1);
    ExecutorService racers = Executors.newFixedThreadPool(4);
    try {
      List<Future<Integer>> ends = new ArrayList<>();
      for (int i = 0; i < 4; i++) {
        String directory = temp.resolve("raced-" + i).toString();
        ends.add(
            racers.submit(
                () -> {
                  go.await();
                  return countersignWith(string, "enroll", "-", "--dir", directory).code();
                }));
      }
      go.countDown();
      List<Integer> codes = new ArrayList<>();
      for (Future<Integer> end : ends) {
        codes.add(end.get(60, TimeUnit.SECONDS));
      }
      assertThat(codes).containsExactlyInAnyOrder(0, 3, 3, 3);
    } finally {
      racers.shutdownNow();
    }
    assertThat(
            countersign("certificate", "list", "--identity", "raced", "--json").json().get("items"))
        .hasSize(1);
  }

  @Test
  void a_killed_server_is_unreachable_and_the_same_string_works_when_it_is_back() throws Exception {
    String string = string("patient");
    String directory = temp.resolve("patient").toString();
    authority.kill();
    assertThat(countersignWith(string, "enroll", "-", "--dir", directory).ends(6).err())
        .contains("cannot be reached");
    assertThat(countersign("identity", "list").ends(6).err()).contains("cannot be reached");
    authority.start();
    countersignWith(string, "enroll", "-", "--dir", directory).ends(0);
    assertThat(
            countersign("certificate", "list", "--identity", "patient", "--json")
                .json()
                .get("items"))
        .hasSize(1);
  }

  @Test
  void the_live_server_is_trusted_by_the_bundle() throws Exception {
    String trust = temp.resolve("operator/current/trust.pem").toString();
    JsonNode seen =
        countersign("inspect", authority.https().toString(), "--trust", trust, "--json")
            .ends(0)
            .json();
    assertThat(seen.at("/items/0/trusted").booleanValue()).isTrue();
    countersign("trust", "--operator").ends(0);
    assertThat(Files.readString(Path.of(trust))).contains("BEGIN CERTIFICATE");
  }

  private static String serial(Path folder) {
    return CredentialFolder.at(folder).read().info().serial().toString();
  }

  private JsonNode loaded(String serial) throws Exception {
    return countersign("certificate", "show", serial, "--json")
        .ends(0)
        .json()
        .at("/certificate/loaded");
  }

  @Test
  void whoever_waits_after_a_revocation_hears_of_services_that_know_and_of_one_that_does_not()
      throws Exception {
    Path serving = enrolled("waited-for");
    String own = serial(serving);
    String stolen = serial(enrolled("stolen"));
    String other = serial(enrolled("stolen-too"));
    try (MutualTls tls = MutualTls.builder(serving).version("waited-for 1").open()) {
      await()
          .atMost(Duration.ofSeconds(60))
          .until(() -> loaded(own).path("version").asText().equals("waited-for 1"));
      JsonNode heard =
          countersign("certificate", "revoke", stolen, "--wait", "--wait-for", "60s", "--json")
              .ends(0)
              .json();
      assertThat(heard.path("unaware")).isEmpty();
      assertThat(tls.status().denials())
          .isGreaterThanOrEqualTo(heard.at("/revocation/denials").asLong());

      Credential deaf = CredentialFolder.at(enrolled("deaf")).read();
      new Contact(() -> Holder.of(deaf), InstantSource.system(), new SecureRandom())
          .checkIn(new Contact.Loaded(1, 0, Optional.empty()));
      await()
          .atMost(Duration.ofSeconds(60))
          .until(() -> loaded(deaf.info().serial().toString()).path("denials").asLong(-1) == 0);
      Result left =
          countersign("certificate", "revoke", other, "--wait", "--wait-for", "3s", "--json");
      JsonNode unaware = left.ends(11).json().path("unaware");
      assertThat(unaware.findValuesAsText("identity")).containsExactly("deaf");
      assertThat(unaware.at("/0/exposedUntil").asText()).isNotEmpty();
    }
  }
}
