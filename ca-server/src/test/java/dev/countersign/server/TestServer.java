package dev.countersign.server;

import dev.countersign.pki.Certificate;
import dev.countersign.pki.EnrollmentString;
import dev.countersign.pki.KeyAlgorithm;
import dev.countersign.pki.Names;
import dev.countersign.server.config.Config;
import dev.countersign.server.config.CrlConfig;
import dev.countersign.server.config.DatabaseConfig;
import dev.countersign.server.config.LimitsConfig;
import dev.countersign.server.config.ListenerConfig;
import dev.countersign.server.config.ListenersConfig;
import dev.countersign.server.config.RetentionConfig;
import dev.countersign.server.identity.Mandate;
import dev.countersign.server.identity.NewIdentity;
import dev.countersign.server.identity.Role;
import dev.countersign.server.ledger.Actor;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** A whole server on free ports of the loopback interface, in a folder of its own. */
final class TestServer implements AutoCloseable {
  static final Mandate BEHIND_THE_DOORS = Mandate.ofItself(Actor.system("test"));

  final Path dir;
  final ShiftedClock clock;
  final EnrollmentString adminString;
  private @Nullable Server server;

  private TestServer(Path dir, ShiftedClock clock, EnrollmentString adminString) {
    this.dir = dir;
    this.clock = clock;
    this.adminString = adminString;
  }

  /** What differs from server to server. */
  record Settings(LimitsConfig limits, @Nullable DatabaseConfig database, CrlConfig crl) {
    Settings(LimitsConfig limits, @Nullable DatabaseConfig database) {
      this(limits, database, CrlConfig.DEFAULT);
    }

    /** An issuing CA with so many lists. */
    static Settings shards(int count) {
      CrlConfig usual = CrlConfig.DEFAULT;
      return new Settings(
          LimitsConfig.DEFAULT,
          null,
          new CrlConfig(usual.interval(), usual.life(), count, usual.largestInAnswers()));
    }

    static Settings usual() {
      return new Settings(LimitsConfig.DEFAULT, null);
    }
  }

  static TestServer start() {
    return start(Settings.usual());
  }

  static TestServer start(Settings settings) {
    try {
      Path dir = Files.createTempDirectory("countersign-server");
      ShiftedClock clock = new ShiftedClock();
      Initialization.Made made =
          new Initialization(new Home(dir), ground(clock))
              .run(
                  new Initialization.Order(
                      config(settings),
                      KeyAlgorithm.P256,
                      KeyAlgorithm.P256,
                      List.of(),
                      Optional.empty()));
      TestServer started = new TestServer(dir, clock, made.admin().string());
      started.serve();
      return started;
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  static Ground ground(ShiftedClock clock) {
    return new Ground(
        clock.steady(),
        new SecureRandom(),
        Map.of(),
        (reason, cause) -> {
          throw new AssertionError("halted: " + reason, cause);
        });
  }

  static Config config(Settings settings) {
    return new Config(
        "Test",
        "test.internal",
        List.of("localhost", "127.0.0.1"),
        new ListenersConfig(
            new ListenerConfig("127.0.0.1", 0, null),
            new ListenerConfig("127.0.0.1", 0, null),
            new ListenerConfig("127.0.0.1", 0, null)),
        settings.database(),
        Map.of(),
        settings.crl(),
        settings.limits(),
        RetentionConfig.DEFAULT);
  }

  void serve() throws IOException {
    server =
        Server.start(
            new ServeOrder(
                new Home(dir), Optional.empty(), ServeOrder.Listening.configured(), false),
            ground(clock));
  }

  void stop() {
    if (server != null) {
      server.close();
      server = null;
    }
  }

  Server server() {
    if (server == null) {
      throw new IllegalStateException("stopped");
    }
    return server;
  }

  Wiring wiring() {
    return server().wiring();
  }

  URI https() {
    return URI.create(server().addresses().https());
  }

  URI http() {
    return URI.create(server().addresses().http());
  }

  URI management() {
    return URI.create(server().addresses().management());
  }

  Certificate root() {
    return wiring().founded.hierarchy().trustBundle().roots().get(0);
  }

  /** A caller without a certificate. */
  TestClient anonymous() {
    return TestClient.anonymous(https(), root());
  }

  TestClient as(Credential credential) {
    return TestClient.with(https(), root(), credential);
  }

  /** An identity with a certificate, made behind the doors. */
  Credential identity(String name, String profile, Names names) {
    return identity(name, profile, Optional.empty(), names);
  }

  Credential operator(String name, Role role) {
    return identity(name, "operator", Optional.of(role), Names.none());
  }

  private Credential identity(String name, String profile, Optional<Role> role, Names names) {
    wiring()
        .identities
        .add(new NewIdentity(name, profile, role, Optional.empty(), names), BEHIND_THE_DOORS);
    return enrolled(string(name));
  }

  EnrollmentString string(String identity) {
    return string(identity, 1);
  }

  EnrollmentString string(String identity, int uses) {
    return wiring()
        .enrollments
        .create(identity, Optional.empty(), Duration.ofHours(1), uses, BEHIND_THE_DOORS)
        .string();
  }

  /** What the service with this string gets over the wire. */
  Credential enrolled(EnrollmentString string) {
    Credential.Wish wish = Credential.wish(string);
    TestClient.Answer answer = anonymous().post("/v1/enroll", TestClient.JOSE, wish.jws(https()));
    if (answer.status() != 200) {
      throw new AssertionError("not enrolled: " + answer);
    }
    return wish.granted(answer);
  }

  @Override
  public void close() {
    stop();
    try (Stream<Path> files = Files.walk(dir)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(file);
      }
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }
}
