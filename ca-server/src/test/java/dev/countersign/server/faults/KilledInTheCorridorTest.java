package dev.countersign.server.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.countersign.client.Answers;
import dev.countersign.client.ClientException;
import dev.countersign.client.OperatorApi;
import dev.countersign.client.Renewal;
import dev.countersign.pki.EnrollmentString;
import dev.countersign.server.faults.Debugger.Place;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * The authority is killed between each two steps of the corridor, with one request of each kind of
 * proof in it: an enrolment string, a certificate to renew, an operator's idempotency key. Whoever
 * asks again, with the same proof and key, gets the one certificate.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@ExtendWith(Sites.Shared.class)
class KilledInTheCorridorTest {
  private static final String SERVER = "dev.countersign.server.";
  private static final String REQUESTS = "https"; // the threads of that listener
  private static final String COMMITS = "countersign-commit";

  private final ExecutorService clients = Executors.newFixedThreadPool(3);
  private Site site = new Site(Path.of("none"));
  private @Nullable Daemon daemon;
  private Debugger.@Nullable Session session;

  /** Where the process dies, and how many of the three requests are sure to stand there. */
  enum Moment {
    BEFORE_ADMIT(
        3,
        new Place(SERVER + "enrollment.EnrollmentDoor", "admit", REQUESTS),
        new Place(SERVER + "renewal.RenewalDoor", "admit", REQUESTS),
        new Place(SERVER + "access.Access", "operator", REQUESTS)),
    AFTER_ADMIT(3, new Place(SERVER + "issuance.Issuance", "issue", REQUESTS)),
    AFTER_APPROVE(3, new Place(SERVER + "issuance.Drafting", "draft", REQUESTS)),
    AFTER_DRAFT(3, new Place(SERVER + "authority.Authority", "sign", REQUESTS)),
    AFTER_SIGN(3, new Place(SERVER + "issuance.CertificateStore", "record", REQUESTS)),
    // One thread commits for all: what does not stand there with it is still in its queue
    BEFORE_COMMIT(1, new Place("dev.countersign.db.WritingLink", "commit", COMMITS)),
    BEFORE_FLUSH(1, new Place("dev.countersign.db.WritingLink", "flush", COMMITS)),
    BEFORE_ANSWER(3, new Place(SERVER + "issuance.IssuedJson", "of", "")),
    AFTER_ANSWER(3, new Place(SERVER + "issuance.IssuedJson", "of", ""));

    private final int standing;
    private final List<Place> places;

    Moment(int standing, Place... places) {
      this.standing = standing;
      this.places = List.of(places);
    }

    String label() {
      return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
  }

  @BeforeAll
  void start(Sites sites) throws Exception {
    site = sites.fresh();
    serve();
  }

  @AfterAll
  void stop() throws Exception {
    clients.shutdownNow();
    if (daemon != null) {
      daemon.kill();
    }
  }

  private void serve() throws Exception {
    Debugger debugger = Debugger.listen();
    Daemon.Launched launched =
        Daemon.launch(site.directory(), List.of(debugger.option()));
    session = debugger.attach();
    daemon = launched.ready();
  }

  private Debugger.Session session() {
    if (session == null) {
      throw new IllegalStateException("no server");
    }
    return session;
  }

  private void kill() throws InterruptedException {
    if (daemon != null) {
      daemon.kill();
    }
  }

  /** The same three requests, as often as they are sent; each gives the serial that it got. */
  private record Requests(
      Site site,
      String label,
      String suffix,
      EnrollmentString string,
      Answers.IssueRequest request) {
    String enrolling() {
      return "enrol-" + label;
    }

    String renewing() {
      return "renew-" + label;
    }

    String issuing() {
      return "issue-" + label;
    }

    /** With the client folders as they were when they were copied. */
    Requests from(String suffix) {
      return new Requests(site, label, suffix, string, request);
    }

    List<Callable<String>> all(Renewal.Proof proof) {
      return List.of(
          () -> Site.serial(Site.enroll(string, site.folder(enrolling() + suffix))),
          () -> Site.serial(Site.renew(site.folder(renewing() + suffix), proof)),
          () -> site.admin().issueCertificate(request, label).serial());
    }

    void copyFolders(String to) throws IOException {
      for (String name : List.of(enrolling(), renewing())) {
        Path copy = site.place().resolve(name + to);
        Files.createDirectory(copy);
        Sites.copyTree(site.place().resolve(name), copy);
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void whoever_asks_again_gets_the_one_certificate(Moment moment) throws Exception {
    Requests requests = prepare(moment);
    Renewal.Proof proof =
        Renewal.Proof.values()[moment.ordinal() % Renewal.Proof.values().length];
    String before = Site.serial(site.folder(requests.renewing()).read());
    session().stopAt(moment.places);
    List<Future<String>> first = requests.all(proof).stream().map(clients::submit).toList();
    session().awaitStopped(moment.standing);
    List<String> received = new ArrayList<>();
    if (moment == Moment.AFTER_ANSWER) {
      requests.copyFolders("-lost");
      session().resume();
      received = serials(first);
      kill();
      requests = requests.from("-lost");
    } else {
      kill();
      first.forEach(KilledInTheCorridorTest::gotNothing);
    }

    serve();
    List<String> again = serials(clients.invokeAll(requests.all(proof)));
    if (moment == Moment.AFTER_ANSWER) {
      assertThat(again).as("the certificates that the first answers carried").isEqualTo(received);
    }
    OperatorApi admin = site.admin();
    holds(admin, requests.enrolling(), List.of(again.get(0)));
    holds(admin, requests.renewing(), List.of(before, again.get(1)));
    holds(admin, requests.issuing(), List.of(again.get(2)));
    assertThat(admin.enrollments(Map.of("identity", requests.enrolling())).items())
        .singleElement()
        .satisfies(
            enrollment -> {
              assertThat(enrollment.state()).isEqualTo("used");
              assertThat(enrollment.usesLeft()).isZero();
            });
    assertThat(admin.issueCertificate(requests.request(), moment.label()).serial())
        .isEqualTo(again.get(2));
  }

  private Requests prepare(Moment moment) {
    OperatorApi admin = site.admin();
    String label = moment.label();
    for (String kind : List.of("enrol-", "renew-", "issue-")) {
      Site.add(admin, kind + label);
    }
    Site.enroll(Site.string(admin, "renew-" + label), site.folder("renew-" + label));
    return new Requests(
        site, label, "", Site.string(admin, "enrol-" + label), Site.request("issue-" + label));
  }

  private static void gotNothing(Future<String> request) {
    assertThat(catchThrowable(() -> request.get(60, TimeUnit.SECONDS)))
        .isInstanceOf(ExecutionException.class)
        .cause()
        .isInstanceOfSatisfying(
            ClientException.class,
            e -> assertThat(e.kind()).isEqualTo(ClientException.Kind.UNREACHABLE));
  }

  private static List<String> serials(List<Future<String>> requests) throws Exception {
    List<String> serials = new ArrayList<>();
    for (Future<String> request : requests) {
      serials.add(request.get(60, TimeUnit.SECONDS));
    }
    return serials;
  }

  /** One row and one event for each of these serials, and no more. */
  private static void holds(OperatorApi admin, String identity, List<String> serials) {
    assertThat(Site.serials(admin, identity))
        .as("rows of %s", identity)
        .containsExactlyInAnyOrderElementsOf(serials);
    assertThat(Site.issuedEvents(admin, identity))
        .as("events of %s", identity)
        .containsExactlyInAnyOrderElementsOf(serials);
  }
}
