package dev.countersign.server.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RetentionConfigTest {
  private static Config read(String more) {
    return ConfigFile.parse("trustDomain: test.internal\nhostnames: [localhost]\n" + more, "x");
  }

  @Test
  void certificates_and_events_are_kept_for_ever_unless_something_is_said() {
    RetentionConfig retention = read("").retention();
    assertThat(retention).isEqualTo(RetentionConfig.DEFAULT);
    assertThat(retention.certificates()).isNull();
    assertThat(retention.events()).isNull();
    assertThat(read("retention: {certificates: P730D}\n").retention().certificates())
        .isEqualTo(Duration.ofDays(730));
  }

  @ParameterizedTest
  @CsvSource({"enrollments, PT23H", "retryKeys, PT1H", "certificates, P29D", "events, P1D"})
  void nothing_is_kept_so_shortly_that_it_is_missed(String member, String time) {
    assertThatThrownBy(() -> read("retention: {" + member + ": " + time + "}\n"))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("retention." + member + " must be P");
  }

  @Test
  void certificates_are_kept_as_long_as_they_are_renewed() {
    assertThatThrownBy(
            () -> read("retention: {certificates: P30D}\nprofiles: {peer: {grace: P31D}}\n"))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("profiles.peer.grace");
    read("retention: {certificates: P31D}\nprofiles: {peer: {grace: P31D}}\n");
  }
}
