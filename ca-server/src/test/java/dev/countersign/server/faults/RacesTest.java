package dev.countersign.server.faults;

import static org.assertj.core.api.Assertions.assertThat;

import dev.countersign.client.OperatorApi;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;

/** Many at once, on the embedded database. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@ExtendWith(Sites.Shared.class)
class RacesTest {
  private Site site = new Site(Path.of("none"));
  private @Nullable Daemon daemon;

  @BeforeAll
  void start(Sites sites) throws Exception {
    site = sites.fresh();
    daemon = site.serve();
  }

  @AfterAll
  void stop() throws Exception {
    if (daemon != null) {
      daemon.close();
    }
  }

  @Test
  void two_processes_race_for_one_single_use_string_and_one_gets_the_certificate()
      throws Exception {
    OperatorApi admin = site.admin();
    Site.add(admin, "raced");
    Path string =
        Files.writeString(
            site.place().resolve("raced.string"), Site.string(admin, "raced").encode());
    List<Program.Running> racers = List.of(racer(string, "raced-one"), racer(string, "raced-two"));
    List<Program.Ended> ended = List.of(racers.get(0).end(), racers.get(1).end());

    assertThat(ended)
        .extracting(Program.Ended::code)
        .as("%s", ended)
        .containsExactlyInAnyOrder(0, 3);
    assertThat(ended)
        .filteredOn(one -> one.code() == 3)
        .singleElement()
        .satisfies(one -> assertThat(one.err()).contains("enrollment-used"));
    String winner = ended.get(0).code() == 0 ? "raced-one" : "raced-two";
    String serial = Site.serial(site.folder(winner).read());
    assertThat(Site.serials(admin, "raced")).containsExactly(serial);
    assertThat(Site.issuedEvents(admin, "raced")).containsExactly(serial);
  }

  private Program.Running racer(Path string, String folder) {
    return Program.start(
        Program.countersign(
            "enroll",
            "--string-file",
            string.toString(),
            "--dir",
            site.place().resolve(folder).toString()));
  }

  @Test
  void a_thousand_at_once_are_a_thousand_serials_rows_and_events() throws Exception {
    OperatorApi admin = site.admin();
    Site.add(admin, "many");
    Burst burst = new Burst(Site.request("many"));

    burst.sendAll(1000, List.of(admin));

    assertThat(burst.failed).isEmpty();
    assertThat(burst.received.values()).hasSize(1000).doesNotHaveDuplicates();
    assertThat(admin.certificates(Map.of("identity", "many", "limit", "1000")).items())
        .extracting(row -> row.serial())
        .containsExactlyInAnyOrderElementsOf(burst.received.values());
    assertThat(
            admin
                .events(Map.of("identity", "many", "action", "certificate.issued", "limit", "1000"))
                .items())
        .extracting(event -> event.serial().orElseThrow())
        .containsExactlyInAnyOrderElementsOf(burst.received.values());
  }
}
