package dev.countersign.server.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import com.sun.jdi.ThreadReference;
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
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * The authority is killed while requests stand between each two steps of the corridor, one of each
 * kind of proof at each place: an enrolment string, a certificate to renew, an operator's
 * idempotency key. Whoever asks again, with the same proof and key, gets the one certificate.
 *
 * <p>Who stands at the latest place was sent first: those that come after stop earlier, and one
 * kill takes them all. Only the commit comes last: while it stands, nobody else is let as far as
 * there.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@ExtendWith(Sites.Shared.class)
class KilledInTheCorridorTest {
  private static final String SERVER = "dev.countersign.server.";
  private static final String REQUESTS = "worker"; // the threads that ask the database
  private static final String COMMITS = "countersign-commit";
  private static final String ANYONE = "";

  // As many threads of the listener as are to stand in the corridor, and some to go on with
  private static final String THREADS = "-XX:ActiveProcessorCount=8";

  private final ExecutorService clients = Executors.newCachedThreadPool();
  private Site site = new Site(Path.of("none"));
  private @Nullable Daemon daemon;
  private Debugger.@Nullable Session session;

  private enum Moment {
    AFTER_ANSWER(new Place(SERVER + "issuance.IssuedJson", "of", ANYONE)),
    BEFORE_ANSWER(new Place(SERVER + "issuance.IssuedJson", "of", ANYONE)),
    BEFORE_FLUSH(new Place("dev.countersign.db.journal.Journal", "append", COMMITS)),
    BEFORE_COMMIT(new Place("dev.countersign.db.WritingLink", "commit", COMMITS)), // flushed
    AFTER_SIGN(new Place(SERVER + "issuance.CertificateStore", "record", REQUESTS)),
    AFTER_DRAFT(new Place(SERVER + "authority.Authority", "sign", REQUESTS)),
    AFTER_APPROVE(new Place(SERVER + "issuance.Drafting", "draft", REQUESTS)),
    AFTER_ADMIT(new Place(SERVER + "issuance.Issuance", "issue", REQUESTS)),
    BEFORE_ADMIT(
        new Place(SERVER + "enrollment.EnrollmentDoor", "admit", REQUESTS),
        new Place(SERVER + "renewal.RenewalDoor", "admit", REQUESTS),
        new Place(SERVER + "access.Access", "rememberedOperator", REQUESTS));

    private final List<Place> places;

    Moment(Place... places) {
      this.places = List.of(places);
    }

    /** Three requests become one group, which one thread commits. */
    boolean isOfTheCommittingThread() {
      return this == BEFORE_COMMIT || this == BEFORE_FLUSH;
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
    kill();
  }

  private void serve() throws Exception {
    Debugger debugger = Debugger.listen();
    Daemon.Launched launched = Daemon.launch(site.directory(), List.of(debugger.option(), THREADS));
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

  @Test
  void between_each_two_steps() throws Exception {
    List<Asked> asked =
        prepared(
            Moment.BEFORE_ANSWER,
            Moment.BEFORE_COMMIT, // before all workers but one stand still
            Moment.AFTER_SIGN,
            Moment.AFTER_DRAFT,
            Moment.AFTER_APPROVE,
            Moment.AFTER_ADMIT,
            Moment.BEFORE_ADMIT);
    List<Future<String>> first = new ArrayList<>();
    for (Asked one : asked) {
      first.addAll(standing(one));
    }
    kill();
    for (Future<String> request : first) {
      gotNothing(request);
    }

    serve();
    for (Asked one : asked) {
      holdsWhatIsAskedAgain(one);
    }
  }

  @Test
  void before_the_flush_and_after_an_answer_that_got_lost() throws Exception {
    List<Asked> asked = prepared(Moment.AFTER_ANSWER, Moment.BEFORE_FLUSH);
    Asked answered = asked.get(0);
    session().stopAt(Moment.AFTER_ANSWER.places);
    List<Future<String>> sent = answered.send();
    List<ThreadReference> threads = session().awaitStopped(sent.size());
    answered.copyFolders("-lost"); // the client as it was before the answer came
    session().release(threads);
    List<String> received = serials(sent);
    List<Future<String>> unflushed = standing(asked.get(1));
    kill();
    for (Future<String> request : unflushed) {
      gotNothing(request);
    }

    serve();
    assertThat(holdsWhatIsAskedAgain(answered.from("-lost")))
        .as("the certificates that the first answers carried")
        .isEqualTo(received);
    holdsWhatIsAskedAgain(asked.get(1));
  }

  /** Three requests for three identities, the same as often as they are sent. */
  private record Asked(
      ExecutorService clients,
      Site site,
      Moment moment,
      String suffix,
      EnrollmentString string,
      String renewed,
      Answers.IssueRequest request) {

    String enrolling() {
      return "enrol-" + moment.label();
    }

    String renewing() {
      return "renew-" + moment.label();
    }

    String issuing() {
      return "issue-" + moment.label();
    }

    /** From client folders as they were when they were copied. */
    Asked from(String copies) {
      return new Asked(clients, site, moment, copies, string, renewed, request);
    }

    /** Each gives the serial that it got. */
    List<Future<String>> send() {
      Renewal.Proof[] proofs = Renewal.Proof.values();
      List<Callable<String>> requests =
          List.of(
              () -> Site.serial(Site.enroll(string, site.folder(enrolling() + suffix))),
              () ->
                  Site.serial(
                      Site.renew(
                          site.folder(renewing() + suffix),
                          proofs[moment.ordinal() % proofs.length])),
              () -> site.admin().issueCertificate(request, moment.label()).serial());
      return requests.stream().map(clients::submit).toList();
    }

    void copyFolders(String to) throws IOException {
      for (String name : List.of(enrolling(), renewing())) {
        Path copy = Files.createDirectory(site.place().resolve(name + to));
        Sites.copyTree(site.place().resolve(name), copy);
      }
    }
  }

  private List<Asked> prepared(Moment... moments) {
    OperatorApi admin = site.admin();
    List<Asked> asked = new ArrayList<>();
    for (Moment moment : moments) {
      String label = moment.label();
      for (String kind : List.of("enrol-", "renew-", "issue-")) {
        Site.add(admin, kind + label);
      }
      String renewed =
          Site.serial(
              Site.enroll(Site.string(admin, "renew-" + label), site.folder("renew-" + label)));
      asked.add(
          new Asked(
              clients,
              site,
              moment,
              "",
              Site.string(admin, "enrol-" + label),
              renewed,
              Site.request("issue-" + label)));
    }
    return asked;
  }

  /** Sends the three, and returns when they stand where they are to die. */
  private List<Future<String>> standing(Asked asked) throws InterruptedException {
    if (asked.moment().isOfTheCommittingThread()) {
      // All three at the commit's door, then through it together
      session().stopNobodyElse();
      session().stopAt(Moment.AFTER_SIGN.places);
      List<Future<String>> sent = asked.send();
      List<ThreadReference> together = session().awaitStopped(sent.size());
      session().stopAt(asked.moment().places);
      session().release(together);
      session().awaitStopped(1);
      return sent;
    }
    session().stopAt(asked.moment().places);
    List<Future<String>> sent = asked.send();
    session().awaitStopped(sent.size());
    return sent;
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

  private List<String> holdsWhatIsAskedAgain(Asked asked) throws Exception {
    List<String> again = serials(asked.send());
    OperatorApi admin = site.admin();
    holds(admin, asked.enrolling(), List.of(again.get(0)));
    holds(admin, asked.renewing(), List.of(asked.renewed(), again.get(1)));
    holds(admin, asked.issuing(), List.of(again.get(2)));
    assertThat(admin.enrollments(Map.of("identity", asked.enrolling())).items())
        .singleElement()
        .satisfies(
            enrollment -> {
              assertThat(enrollment.state()).isEqualTo("used");
              assertThat(enrollment.usesLeft()).isZero();
            });
    assertThat(admin.issueCertificate(asked.request(), asked.moment().label()).serial())
        .isEqualTo(again.get(2));
    return again;
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
