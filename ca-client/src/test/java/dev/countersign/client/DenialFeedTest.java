package dev.countersign.client;

import static org.assertj.core.api.Assertions.assertThat;

import dev.countersign.client.testing.FeedPages;
import dev.countersign.pki.Certificate;
import dev.countersign.pki.RevocationReason;
import dev.countersign.pki.SerialNumber;
import dev.countersign.pki.testing.MovableClock;
import dev.countersign.pki.testing.TestCa;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.function.Supplier;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class DenialFeedTest {
  private static final Instant NOW = Instant.parse("2026-11-24T12:00:00Z");
  private static final MovableClock CLOCK = new MovableClock(NOW);
  private static final SerialNumber ONE = SerialNumber.parse("0a01");
  private static final SerialNumber TWO = SerialNumber.parse("0a02");
  private static final long FLOOR = 3;
  private static TestCa ca;
  private static FeedPages pages;

  private final Deque<Supplier<byte[]>> answers = new ArrayDeque<>();
  private final List<String> questions = new ArrayList<>();
  private final List<String> heard = new ArrayList<>();
  private final List<String> failures = new ArrayList<>();
  private final List<Duration> pauses = new ArrayList<>();
  private long nanos;

  private final DenialFeed feed =
      new DenialFeed(
          new DenialFeed.Source() {
            @Override
            public byte[] get(String query) {
              questions.add(query);
              return answers.remove().get();
            }

            @Override
            public List<Certificate> roots() {
              return List.of(ca.root());
            }
          },
          FLOOR,
          new DenialFeed.Listener() {
            @Override
            public void heard(DenialState state, boolean changed) {
              heard.add(state.number() + (changed ? " new" : ""));
            }

            @Override
            public void failed(ClientException failure) {
              failures.add(failure.getMessage());
            }
          },
          CLOCK,
          new SecureRandom(),
          new Retries.Time() {
            @Override
            public long nanos() {
              return nanos;
            }

            @Override
            public void pass(Duration wait) {
              pauses.add(wait);
            }
          });

  @BeforeAll
  static void create() {
    ca = TestCa.create(CLOCK);
    pages = FeedPages.of(ca);
  }

  private void answer(byte[] page) throws InterruptedException {
    answers.add(() -> page);
    feed.round();
  }

  private void answerAll(long number, SerialNumber denied) throws InterruptedException {
    answer(pages.piece(number, NOW, FeedPages.denied(denied)));
  }

  private boolean isDenied(SerialNumber serial) {
    return feed.known().orElseThrow().serials().reason(serial).isPresent();
  }

  /** What is known and said stays; it is said why. */
  private void isNotBelieved(byte[] page, String why) throws InterruptedException {
    DenialState before = feed.known().orElseThrow();
    failures.clear();
    answer(page);
    assertThat(failures).singleElement().asString().contains(why);
    assertThat(feed.known()).contains(before);
  }

  @Test
  void begins_with_all_in_pieces_and_goes_on_from_the_lowest_of_their_numbers() throws Exception {
    answer(pages.piece(7, NOW, FeedPages.denied(ONE) + ",\"next\":\"issuing-1:0a01\""));
    assertThat(feed.known()).as("half of it is no answer").isEmpty();
    answer(pages.piece(5, NOW, FeedPages.denied(TWO) + ",\"from\":\"issuing-1:0a01\""));
    assertThat(feed.known().orElseThrow().number()).isEqualTo(5);
    assertThat(isDenied(ONE)).isTrue();
    assertThat(isDenied(TWO)).isTrue();
    answer(pages.changes(5, 8, NOW.plusSeconds(1), FeedPages.released(TWO)));
    assertThat(isDenied(TWO)).isFalse();
    assertThat(questions).containsExactly("", "?from=issuing-1%3A0a01", "?after=5&wait=30s");
    assertThat(heard).containsExactly("5 new", "8 new");
    assertThat(pauses).isEmpty();
  }

  @Test
  void a_heartbeat_makes_what_is_known_fresh() throws Exception {
    answerAll(5, ONE);
    Instant later = NOW.plusSeconds(30);
    answer(pages.changes(5, 5, later, FeedPages.nothing()));
    assertThat(feed.known().orElseThrow().at()).isEqualTo(later);
    answer(pages.changes(5, 5, NOW, FeedPages.nothing()));
    assertThat(feed.known().orElseThrow().at()).as("an old one played again").isEqualTo(later);
    assertThat(heard).containsExactly("5 new", "5", "5");
    assertThat(isDenied(ONE)).isTrue();
  }

  @Test
  void asks_on_at_once_when_there_is_more_and_pauses_when_a_server_does_not_wait()
      throws Exception {
    answerAll(5, ONE);
    answer(pages.changes(5, 6, NOW, FeedPages.denied(TWO) + ",\"newest\":9"));
    answer(pages.changes(6, 9, NOW, FeedPages.nothing()));
    assertThat(pauses).isEmpty();
    answer(pages.changes(9, 9, NOW, FeedPages.nothing()));
    assertThat(pauses)
        .singleElement()
        .satisfies(p -> assertThat(p).isBetween(Duration.ofSeconds(1), Duration.ofSeconds(2)));
    answers.add(
        () -> {
          nanos += Duration.ofSeconds(30).toNanos();
          return pages.changes(9, 9, NOW, FeedPages.nothing());
        });
    feed.round();
    assertThat(pauses).hasSize(1);
  }

  @Test
  void who_was_away_for_too_long_takes_all_anew_and_keeps_what_is_known_meanwhile()
      throws Exception {
    answerAll(5, ONE);
    answer(pages.piece(90, NOW, FeedPages.denied(TWO) + ",\"next\":\"x:02\""));
    assertThat(isDenied(ONE)).isTrue();
    answer(pages.piece(91, NOW, FeedPages.nothing() + ",\"from\":\"x:02\""));
    assertThat(isDenied(ONE)).as("it has expired meanwhile").isFalse();
    assertThat(isDenied(TWO)).isTrue();
    assertThat(feed.known().orElseThrow().number()).isEqualTo(90);
  }

  @Test
  void a_page_of_somebody_else_or_for_something_else_is_not_believed() throws Exception {
    answerAll(5, ONE);
    TestCa other = TestCa.create(CLOCK);
    isNotBelieved(FeedPages.of(other).changes(5, 6, NOW, FeedPages.nothing()), "is not trusted");
    isNotBelieved(
        FeedPages.signedBy(other.issuingKey(), List.of(ca.issuing()))
            .changes(5, 6, NOW, FeedPages.nothing()),
        "its signature is wrong");
    TestCa.Credential service = ca.credential("orders.internal");
    isNotBelieved(
        FeedPages.signedBy(service.key(), service.chain()).changes(5, 6, NOW, FeedPages.nothing()),
        "may not sign revocations");
    isNotBelieved(pages.signed("other", "{}"), "signed for another use");
    isNotBelieved(pages.signed("countersign-denials+jws", "{}"), "serial numbers are missing");
    isNotBelieved(new byte[] {1, 2, 3}, "cannot be read");
  }

  @Test
  void the_number_never_goes_back_and_the_answer_is_to_the_question() throws Exception {
    answerAll(5, ONE);
    isNotBelieved(pages.changes(5, 4, NOW, FeedPages.released(ONE)), "lower than 5");
    isNotBelieved(pages.changes(4, 9, NOW, FeedPages.released(ONE)), "another question");
    isNotBelieved(pages.piece(4, NOW, FeedPages.nothing()), "lower than what is known");
    isNotBelieved(
        pages.piece(9, NOW, FeedPages.nothing() + ",\"from\":\"x:01\""),
        "not the piece that was asked for");
    isNotBelieved(
        pages.piece(9, NOW, FeedPages.nothing() + ",\"next\":\"x:01\""), "an empty piece");
    assertThat(isDenied(ONE)).isTrue();
  }

  @Test
  void what_was_known_before_the_start_is_known_again_or_not_believed() throws Exception {
    answer(pages.piece(FLOOR - 1, NOW, FeedPages.denied(ONE)));
    assertThat(failures).singleElement().asString().contains("lower than " + FLOOR);
    assertThat(feed.known()).isEmpty();
    answer(pages.piece(FLOOR, NOW, FeedPages.denied(ONE)));
    assertThat(isDenied(ONE)).isTrue();
  }

  @Test
  void a_ca_that_is_denied_says_nothing_any_more() throws Exception {
    answerAll(5, ca.issuing().serial());
    isNotBelieved(pages.changes(5, 6, NOW, FeedPages.released(ca.issuing().serial())), "denied");
  }

  @Test
  void pauses_ever_longer_and_at_random_while_there_is_no_answer() throws Exception {
    for (int i = 0; i < 12; i++) {
      answers.add(
          () -> {
            throw new ClientException(ClientException.Kind.UNREACHABLE, "nobody there");
          });
      feed.round();
    }
    assertThat(failures).hasSize(12);
    for (int i = 0; i < 12; i++) {
      long full = Math.min(30_000, 500L << i);
      assertThat(pauses.get(i).toMillis()).isBetween(full / 2, full);
    }
    assertThat(pauses).doesNotHaveDuplicates();
    answerAll(5, ONE);
    answers.add(
        () -> {
          throw new ClientException(ClientException.Kind.UNREACHABLE, "nobody there");
        });
    feed.round();
    assertThat(pauses.get(12)).as("short again").isLessThanOrEqualTo(Duration.ofMillis(500));
    assertThat(feed.known().orElseThrow().serials().reason(ONE))
        .contains(RevocationReason.KEY_COMPROMISE);
  }
}
