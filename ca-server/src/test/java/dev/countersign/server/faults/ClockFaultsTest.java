package dev.countersign.server.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.awaitility.Awaitility.await;

import dev.countersign.client.Answers;
import dev.countersign.client.Credential;
import dev.countersign.client.CredentialFolder;
import dev.countersign.client.OperatorApi;
import dev.countersign.client.Renewal;
import dev.countersign.pki.Certificate;
import java.math.BigInteger;
import java.security.cert.X509CRL;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.bouncycastle.asn1.ASN1Integer;
import org.bouncycastle.asn1.ASN1OctetString;
import org.bouncycastle.asn1.x509.Extension;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * The machine's clock leaps under a server that is asked all the time, or was wrong when it was
 * started: what it says and signs has sane times, and it says what is the matter.
 */
@ExtendWith(Sites.Shared.class)
class ClockFaultsTest {
  private static final Duration LONG = Duration.ofSeconds(120);
  private static final Duration DAY = Duration.ofDays(1);
  private static final int SOME = 20;
  private static final int LOCAL_FILES = 7;

  private record Listed(BigInteger number, Instant thisUpdate, Instant nextUpdate) {}

  @Test
  void a_leap_under_load_is_said_and_not_gone_by(Sites sites) throws Exception {
    Site site = sites.fresh();
    Leap leap = new Leap(site.place().resolve("leap"));
    try (Daemon daemon = Daemon.launch(site.directory(), leap.jvm()).ready()) {
      Site.add(site.admin(), "leaps");
      Direct direct = new Direct(site, "admin");
      try (Load load = new Load(direct, List.of(daemon.https()), "leaps")) {
        Listed first = listed(daemon);
        int done = 0;
        for (Duration by : List.of(Duration.ofHours(1), Duration.ofHours(-1), DAY, DAY.negated())) {
          Answers.IssueRequest request = Site.request("leaps");
          String before = direct.issue(daemon.https(), request, "before" + by).serial();
          leap.by(by);
          await().atMost(LONG).until(() -> ready(direct, daemon).status() == 503);
          assertThat(ready(direct, daemon).text().get("checks"))
              .contains("the machine's clock has leapt by " + by, "set the clock right");
          load.awaitMore(SOME);
          if (by.abs().equals(DAY)) {
            livesOn(site, daemon, "during" + by.toHours());
          }
          assertThat(direct.issue(daemon.https(), request, "before" + by).serial())
              .isEqualTo(before);
          isOfNow(listed(daemon));
          await()
              .atMost(LONG)
              .until(() -> daemon.log().contains("Alarm: the machine's clock has leapt by " + by));
          leap.by(Duration.ZERO);
          await().atMost(LONG).until(() -> ready(direct, daemon).status() == 200);
          int seen = ++done;
          await().atMost(LONG).until(() -> returns(daemon) == seen);
          load.received.put("before" + by, before);
        }
        assertThat(listed(daemon).number()).isGreaterThan(first.number());
        load.awaitMore(SOME).finish();
        assertThat(load.refused).isEmpty();
        daemon.close();
        load.isWhatIsRecorded(site.storedSerials("leaps"), site.storedEvents("leaps"));
      }
    }
  }

  /** How often it was told that all is well again. */
  private static long returns(Daemon daemon) throws Exception {
    return daemon.log().lines().filter(line -> line.contains("is near again")).count();
  }

  /** A service enrols, renews by both proofs and is thrown out, all of it with times of now. */
  private static void livesOn(Site site, Daemon daemon, String identity) throws Exception {
    OperatorApi admin = site.admin();
    Site.add(admin, identity);
    CredentialFolder folder = site.folder(identity);
    isOfNow(Site.enroll(Site.string(admin, identity), folder).certificate());
    isOfNow(Site.renew(folder, Renewal.Proof.SIGNED_REQUEST).certificate());
    Credential last = Site.renew(folder, Renewal.Proof.MUTUAL_TLS);
    isOfNow(last.certificate());
    new Relying(daemon.http()).saysGood(last);
    admin.revokeIdentity(identity, new Answers.RevokeRequest("superseded", Optional.empty()));
    new Relying(daemon.http()).soonSaysRevoked(last);
  }

  @Test
  void a_clock_that_was_ahead_over_a_restart_is_gone_back_from_when_an_operator_says_so(Sites sites)
      throws Exception {
    Site site = sites.fresh();
    Leap leap = new Leap(site.place().resolve("leap"));
    Daemon daemon = Daemon.launch(site.directory(), leap.jvm()).ready();
    Site.add(site.admin(), "ahead");
    try (Load load = new Load(new Direct(site, "admin"), List.of(daemon.https()), "ahead")) {
      load.awaitMore(SOME);
      daemon.kill();

      leap.by(DAY); // nobody can know that it was no day
      daemon = Daemon.launch(site.directory(), leap.jvm()).ready();
      load.awaitMore(SOME);
      Instant tomorrow = Instant.now().plus(DAY);
      var newest = site.admin().certificates(Map.of("identity", "ahead")).items().get(0);
      isNear(newest.notBefore(), tomorrow);
      assertThat(newest.notAfter()).isAfter(tomorrow);
      Listed ahead = listed(daemon);
      isNear(ahead.thisUpdate(), tomorrow);
      daemon.kill();

      leap.by(Duration.ZERO);
      refused(site, leap, "the newest record is of", "--the-clock-is-right");
      daemon = Daemon.launch(site.directory(), leap.jvm(), "--the-clock-is-right").ready();
      load.awaitMore(SOME);
      Direct direct = new Direct(site, "admin");
      assertThat(ready(direct, daemon).status()).isEqualTo(200);
      livesOn(site, daemon, "afterwards");
      assertThat(listed(daemon).number()).isGreaterThan(ahead.number());
      isOfNow(listed(daemon));
      assertThat(site.admin().events(Map.of("action", "clock.accepted")).items()).hasSize(1);
      load.awaitMore(1).finish();
      daemon.close();
      load.isWhatIsRecorded(site.storedSerials("ahead"), site.storedEvents("ahead"));
    } finally {
      daemon.close();
    }
  }

  private static void isOfNow(Certificate certificate) {
    isNear(certificate.notBefore(), Instant.now());
    assertThat(certificate.notAfter()).isAfter(Instant.now());
  }

  private static void isOfNow(Listed list) {
    isNear(list.thisUpdate(), Instant.now());
    isNear(list.nextUpdate(), Instant.now().plus(DAY));
  }

  private static void isNear(Instant one, Instant other) {
    assertThat(one).isCloseTo(other, within(10, ChronoUnit.MINUTES));
  }

  private static Listed listed(Daemon daemon) throws Exception {
    X509CRL crl = new Relying(daemon.http()).crl("issuing-1");
    byte[] number = crl.getExtensionValue(Extension.cRLNumber.getId());
    return new Listed(
        ASN1Integer.getInstance(ASN1OctetString.getInstance(number).getOctets()).getValue(),
        crl.getThisUpdate().toInstant(),
        crl.getNextUpdate().toInstant());
  }

  private static void refused(Site site, Leap leap, String... words) throws Exception {
    Program.Ended ended =
        Program.run(
            Program.countersignd(leap.jvm(), "serve", "--dir", site.directory().toString()));
    assertThat(ended.with(LOCAL_FILES).complaint()).contains(words);
  }

  private static Direct.Answer ready(Direct direct, Daemon daemon) {
    return direct.get(daemon.management().resolve("/readyz"));
  }
}
