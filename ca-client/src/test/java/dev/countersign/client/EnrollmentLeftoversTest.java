package dev.countersign.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.countersign.pki.Certificate;
import dev.countersign.pki.EnrollmentString;
import dev.countersign.pki.KeyAlgorithm;
import dev.countersign.pki.testing.OwnThread;
import dev.countersign.pki.testing.TestCa;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is left on the disk by an enrolment that came to nothing. */
class EnrollmentLeftoversTest {
  @TempDir Path temp;
  private Scene scene;
  private Path place;

  @BeforeEach
  void start() {
    place = temp.resolve("some/where/orders");
    scene = new Scene(place);
  }

  @AfterEach
  void stop() {
    scene.close();
  }

  private void fails(EnrollmentString string) {
    assertThatThrownBy(() -> scene.enroll(string, scene.folder, Enrollment.Options.USUAL))
        .isInstanceOf(ClientException.class);
  }

  private static List<String> in(Path folder) throws IOException {
    try (Stream<Path> listed = Files.list(folder)) {
      return listed.map(p -> p.getFileName().toString()).sorted().toList();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"used", "expired", "cancelled", "revoked"})
  void a_refusal_leaves_nothing(String state) throws IOException {
    EnrollmentString string = scene.authority.string("orders");
    scene.authority.enrollment(string).state = state;
    fails(string);
    assertThat(in(temp)).isEmpty();
  }

  @Test
  void a_server_that_is_not_the_authority_or_not_there_leaves_nothing() throws IOException {
    TestCa other = TestCa.create("Other", KeyAlgorithm.P256, scene.clock);
    fails(
        scene.authority.string(
            "orders", 1, List.of(scene.authority.url()), List.of(other.root().pin())));
    fails(
        scene.authority.string(
            "orders",
            1,
            List.of(URI.create("https://localhost:1")),
            List.of(scene.ca.root().pin())));
    assertThat(in(temp)).isEmpty();
  }

  @Test
  void what_was_there_stays_as_it_was() throws IOException {
    Files.createDirectories(place);
    Files.writeString(place.resolve("notes"), "mine");
    EnrollmentString string = scene.authority.string("orders");
    scene.authority.enrollment(string).state = "cancelled";
    fails(string);
    assertThat(in(place)).containsExactly("notes");
  }

  @Test
  void a_credential_that_was_to_be_replaced_stays() throws IOException {
    Credential before = scene.enroll();
    List<String> files = in(place);
    EnrollmentString string = scene.authority.string("orders");
    scene.authority.enrollment(string).state = "expired";
    assertThatThrownBy(
            () ->
                scene.enroll(
                    string,
                    scene.folder,
                    new Enrollment.Options(
                        Optional.empty(), List.of(), true, Optional.empty(), Patience.DEFAULT)))
        .isInstanceOf(RefusedException.class);
    assertThat(scene.folder.read()).isEqualTo(before);
    assertThat(in(place)).isEqualTo(files);
  }

  @Test
  void a_lost_answer_leaves_the_key_until_the_string_is_dead() throws IOException {
    EnrollmentString string = scene.authority.string("orders");
    scene.authority.answersAreLost = true;
    fails(string);
    assertThat(in(place)).containsExactly("lock", "pending");
    scene.authority.answersAreLost = false;

    scene.authority.enrollment(string).state = "revoked"; // until the identity is restored
    fails(string);
    assertThat(in(place)).containsExactly("lock", "pending");
    scene.authority.enrollment(string).state = "open";
    Certificate first = scene.authority.issued.get(0);
    assertThat(scene.enroll(string, scene.folder, Enrollment.Options.USUAL).certificate())
        .isEqualTo(first);
  }

  @Test
  void the_key_of_a_dead_string_goes_too() throws IOException {
    EnrollmentString string = scene.authority.string("orders");
    scene.authority.answersAreLost = true;
    fails(string);
    scene.authority.answersAreLost = false;
    scene.authority.enrollment(string).state = "cancelled";
    fails(string);
    assertThat(in(place)).doesNotContain("pending");
  }

  @Test
  void who_waited_for_a_folder_that_was_taken_away_makes_it_again() throws Exception {
    EnrollmentString dead = scene.authority.string("orders");
    scene.authority.enrollment(dead).state = "cancelled";
    EnrollmentString good = scene.authority.string("orders");
    CountDownLatch asked = new CountDownLatch(1);
    CountDownLatch waiting = new CountDownLatch(1);
    scene.authority.fault =
        exchange -> {
          asked.countDown();
          try {
            assertThat(waiting.await(60, TimeUnit.SECONDS)).isTrue();
          } catch (InterruptedException e) {
            throw new IOException(e);
          }
          return false;
        };
    CompletableFuture<Void> first = OwnThread.run(() -> fails(dead));
    assertThat(asked.await(60, TimeUnit.SECONDS)).isTrue();
    Notices notices =
        new Notices() {
          @Override
          public void working(String what) {
            if (what.startsWith("waiting for process")) {
              waiting.countDown();
            }
          }
        };
    new Enrollment(scene.clock, scene.random, notices)
        .enroll(good, scene.folder, Enrollment.Options.USUAL);
    first.get(60, TimeUnit.SECONDS);
    assertThat(scene.folder.read().info().identity()).isEqualTo("orders");
    assertThat(in(place)).contains("lock", "current");
  }
}
