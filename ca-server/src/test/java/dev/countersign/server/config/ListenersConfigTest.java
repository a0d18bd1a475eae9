package dev.countersign.server.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Where the listeners listen. */
class ListenersConfigTest {

  @ParameterizedTest
  @CsvSource({
    "localhost, 127.0.0.1",
    "LOCALHOST, 127.0.0.1",
    "ca.localhost, 127.0.0.1",
    "127.0.0.1, 127.0.0.1",
    "127.1.2.3, 127.0.0.1",
    "::1, ::1",
    "0:0:0:0:0:0:0:1, ::1",
    "localhost ::1, 127.0.0.1",
    "ca.internal, 0.0.0.0",
    "localhost ca.internal, 0.0.0.0",
    "localhost 10.0.0.1, 0.0.0.0",
    "notlocalhost, 0.0.0.0",
    "localhost.internal, 0.0.0.0",
    "127.0.0.1.internal, 0.0.0.0",
    "::11, 0.0.0.0",
  })
  void names_of_this_machine_alone_mean_loopback_and_others_all_interfaces(
      String names, String bind) {
    ListenersConfig listeners = ListenersConfig.reachedAs(List.of(names.split(" ")));
    assertThat(listeners.https().bind()).isEqualTo(bind);
    assertThat(listeners.http().bind()).isEqualTo(bind);
    assertThat(listeners.management().bind()).isEqualTo("127.0.0.1");
    assertThat(listeners.https().onAll()).isEqualTo(bind.equals("0.0.0.0"));
    assertThat(listeners.https().onLoopback()).isEqualTo(!bind.equals("0.0.0.0"));
  }

  @Test
  void what_is_given_is_taken_and_management_only_when_it_is_meant() {
    ListenersConfig usual = ListenersConfig.reachedAs(List.of("ca.internal"));
    ListenersConfig services = usual.bind("10.0.0.1", null);
    assertThat(services.https().bind()).isEqualTo("10.0.0.1");
    assertThat(services.http().bind()).isEqualTo("10.0.0.1");
    assertThat(services.management().bind()).isEqualTo("127.0.0.1");
    ListenersConfig management = usual.bind(null, "::");
    assertThat(management.https()).isEqualTo(usual.https());
    assertThat(management.management().onAll()).isTrue();
    assertThatThrownBy(() -> usual.bind("a b", null)).hasMessageContaining("'a b'");
  }

  @Test
  void a_file_that_says_nothing_has_the_safe_default() {
    String file = "trustDomain: test.internal\nhostnames: [%s]\n";
    assertThat(ConfigFile.parse(file.formatted("localhost"), "x").listeners().https().bind())
        .isEqualTo("127.0.0.1");
    assertThat(ConfigFile.parse(file.formatted("ca.internal"), "x").listeners().https().bind())
        .isEqualTo("0.0.0.0");
  }

  @ParameterizedTest
  @CsvSource({
    "10.0.0.1, 10.0.0.2, false",
    "10.0.0.1, ::1, false",
    "10.0.0.1, 10.0.0.1, true",
    "10.0.0.1, 0.0.0.0, true",
    "::, 10.0.0.1, true",
    "localhost, 127.0.0.1, true",
  })
  void one_port_is_for_two_listeners_only_on_different_addresses(
      String https, String management, boolean refused) {
    assertThat(collide(https, management, 8443)).isEqualTo(refused);
    assertThat(collide(https, management, 8444)).isFalse();
    assertThat(new ListenerConfig(https, 0, null).collidesWith(new ListenerConfig(https, 0, null)))
        .as("any free port")
        .isFalse();
  }

  private static boolean collide(String one, String other, int port) {
    return new ListenerConfig(one, 8443, null).collidesWith(new ListenerConfig(other, port, null));
  }
}
