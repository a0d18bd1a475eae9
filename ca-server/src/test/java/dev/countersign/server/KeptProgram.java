package dev.countersign.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.countersign.agent.Agent;
import dev.countersign.agent.AgentState;
import dev.countersign.agent.Hook;
import dev.countersign.agent.Hooks;
import dev.countersign.client.CredentialFolder;
import dev.countersign.client.Enrollment;
import dev.countersign.client.Notices;
import dev.countersign.client.Patience;
import dev.countersign.client.Renewal;
import dev.countersign.client.TlsIdentity;
import dev.countersign.db.testing.Ports;
import dev.countersign.pki.SerialNumber;
import dev.countersign.server.identity.NewIdentity;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.Assumptions;

/**
 * A program that is not ours, with a credential that an agent keeps, and two clients of it. The
 * story is the same for each: under load it is renewed and one client is revoked, and no request
 * fails but the revoked one's.
 */
final class KeptProgram implements AutoCloseable {
  private static final Duration LONG = Duration.ofSeconds(60);

  /** What comes before TLS. */
  interface Preamble {
    void over(Socket plain) throws IOException;
  }

  /** One request over a connection of its own, or an exception. */
  interface Request {
    void over(SSLSocket tls) throws IOException;
  }

  final World world;
  final Path place;
  final CredentialFolder folder;
  final int port = Ports.free(1).get(0);
  private final dev.countersign.client.Credential good;
  private final dev.countersign.client.Credential bad;
  private final List<String> said = new CopyOnWriteArrayList<>();
  private Preamble preamble = plain -> {};
  private Optional<Process> process = Optional.empty();

  KeptProgram(World world, Path place) {
    this.world = world;
    this.place = place;
    this.folder = CredentialFolder.at(place.resolve("credential"));
    enrolled("program", folder);
    this.good = enrolled("good", CredentialFolder.at(place.resolve("good")));
    this.bad = enrolled("bad", CredentialFolder.at(place.resolve("bad")));
  }

  private dev.countersign.client.Credential enrolled(String prefix, CredentialFolder into) {
    String name = world.name(prefix);
    world
        .server
        .wiring()
        .identities
        .add(
            new NewIdentity(
                name, "peer", Optional.empty(), Optional.empty(), World.dns("localhost")),
            TestServer.BEHIND_THE_DOORS);
    return new Enrollment(world.server.clock, new SecureRandom(), Notices.NONE)
        .enroll(world.server.string(name), into, Enrollment.Options.USUAL)
        .credential();
  }

  /** The program's file, or the test is passed over where programs of others may be absent. */
  static String installed(String program) {
    Optional<Path> found =
        Stream.concat(
                Arrays.stream(Optional.ofNullable(System.getenv("PATH")).orElse("").split(":", -1)),
                Stream.of("/usr/sbin", "/usr/local/sbin"))
            .map(folder -> Path.of(folder, program))
            .filter(Files::isExecutable)
            .findFirst();
    Assumptions.assumeTrue(
        found.isPresent() || System.getenv("COUNTERSIGN_ALL_STRANGERS") != null,
        program + " is not installed");
    return found.orElseThrow(() -> new AssertionError(program + " is not installed")).toString();
  }

  Path current(String file) {
    return folder.path().resolve("current").resolve(file);
  }

  Path written(String name, String... lines) throws IOException {
    return Files.write(place.resolve(name), List.of(lines));
  }

  /** Runs in the foreground, until this is closed. */
  void start(String... command) throws Exception {
    process =
        Optional.of(
            new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(place.resolve("said").toFile())
                .start());
  }

  static Hook onChange(String command, String probe) {
    return new Hook(
        "program",
        Hook.ALL,
        Optional.of(command),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.of(probe),
        LONG);
  }

  static Hook signal(String signal, Path pidFile, List<String> on, String probe) {
    return new Hook(
        "program",
        on,
        Optional.empty(),
        Optional.of(signal),
        Optional.of(pidFile.toString()),
        Optional.empty(),
        Optional.empty(),
        Optional.of(probe),
        LONG);
  }

  static Hook haproxy(Path socket) {
    return new Hook(
        "lists",
        Hook.WITHOUT_CERTIFICATE,
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.of(socket.toString()),
        Optional.empty(),
        LONG);
  }

  KeptProgram after(Preamble other) {
    preamble = other;
    return this;
  }

  /** The story. */
  void isKept(Request request, Hook... hooks) throws Exception {
    await("it answers", () -> succeeds(good, request));
    for (Hook hook : hooks) {
      Hooks.in(folder.path()).set(hook);
    }
    try (Agent agent =
            Agent.start(
                List.of(folder.path()),
                new Agent.Surroundings(
                    world.server.clock,
                    System::nanoTime,
                    new SecureRandom(),
                    (level, where, event, sentence) ->
                        said.add(level + " " + event + ": " + sentence),
                    Optional.empty()),
                false);
        Load load = new Load(good, request)) {
      assertThat(agent).isNotNull();
      await("the hooks are done at first", this::isDone);
      String first = served();

      renew();
      await("the hooks are done after the renewal", this::isDone);
      // A worker of before may still take a connection that came before it was told to go
      await("none shows the one of before", () -> !served().equals(first));
      assertThat(served()).isEqualTo(serial());

      assertThat(succeeds(bad, request)).isTrue();
      ContractCases.ok(
          world
              .asOperator()
              .post(
                  "/v1/certificates/" + bad.info().serial() + "/revoke",
                  "{\"reason\":\"keyCompromise\"}"),
          200);
      long revoked = System.nanoTime();
      await("the revoked one is refused", () -> !succeeds(bad, request));
      said.add("refused after " + (System.nanoTime() - revoked) / 1_000_000 + " ms");
      int before = load.done.get();
      await("the load goes on", () -> load.done.get() > before + 10);
      assertThat(succeeds(bad, request)).isFalse();
      assertThat(load.failure).as("%s", said).hasValue(null);
      if (System.getenv("COUNTERSIGN_SHOW") != null) {
        System.out.println(load.done + " requests, " + said);
      }
    }
  }

  private boolean isDone() {
    AgentState state = AgentState.read(folder.path());
    return Hooks.in(folder.path()).read().stream()
        .allMatch(hook -> state.hook(hook.name()).isCurrent(hook, folder.read()));
  }

  private String serial() {
    return folder.read().info().serial().toString();
  }

  private void renew() {
    Renewal.Options usual = Renewal.Options.USUAL;
    new Renewal(world.server.clock, new SecureRandom(), Notices.NONE)
        .renew(
            folder,
            new Renewal.Options(
                true, usual.sameKey(), usual.keyAlgorithm(), usual.proof(), Patience.DEFAULT));
  }

  private String served() throws IOException {
    String[] serial = new String[1];
    ask(
        good,
        tls -> {
          tls.startHandshake();
          X509Certificate shown = (X509Certificate) tls.getSession().getPeerCertificates()[0];
          serial[0] = SerialNumber.of(shown.getSerialNumber()).toString();
        });
    return serial[0];
  }

  private void await(String what, Callable<Boolean> condition) throws Exception {
    long deadline = System.nanoTime() + LONG.toNanos();
    while (!condition.call()) {
      if (System.nanoTime() > deadline) {
        throw new AssertionError("Not in time: " + what + ". It said: " + said + program());
      }
      LockSupport.parkNanos(10_000_000);
    }
  }

  private String program() throws IOException {
    StringBuilder all = new StringBuilder();
    for (String log : List.of("said", "error.log")) {
      if (Files.exists(place.resolve(log))) {
        all.append('\n').append(Files.readString(place.resolve(log)));
      }
    }
    return all.toString();
  }

  boolean succeeds(dev.countersign.client.Credential client, Request request) {
    try {
      ask(client, request);
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  private void ask(dev.countersign.client.Credential client, Request request) throws IOException {
    try (Socket plain = new Socket()) {
      plain.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 10_000);
      plain.setSoTimeout(20_000);
      preamble.over(plain);
      request.over(layered(plain, client));
    }
  }

  /** TLS over it, not begun: PostgreSQL wants to be asked first. */
  private SSLSocket layered(Socket plain, dev.countersign.client.Credential client)
      throws IOException {
    try {
      KeyStore roots = KeyStore.getInstance("PKCS12");
      roots.load(null, null);
      X509Certificate root = client.roots().get(0).x509();
      roots.setCertificateEntry("root", root);
      TrustManagerFactory trust = TrustManagerFactory.getInstance("PKIX");
      trust.init(roots);
      SSLContext context = SSLContext.getInstance("TLS"); // a new one: nothing is resumed
      context.init(
          new KeyManager[] {new TlsIdentity(client.privateKey(), client.fullChain())},
          trust.getTrustManagers(),
          null);
      return (SSLSocket) context.getSocketFactory().createSocket(plain, "localhost", port, true);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Good if the answer begins so. */
  static Request http() {
    return tls -> {
      tls.getOutputStream()
          .write("GET / HTTP/1.0\r\nHost: localhost\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
      String answer = new String(tls.getInputStream().readNBytes(12), StandardCharsets.US_ASCII);
      if (!answer.matches("HTTP/1\\.[01] 2[0-9]{2}")) {
        throw new IOException("it answered " + answer);
      }
    };
  }

  /** One after the other, each over a new connection. */
  private final class Load implements AutoCloseable {
    final AtomicInteger done = new AtomicInteger();
    final AtomicReference<IOException> failure = new AtomicReference<>();
    private final AtomicBoolean ends = new AtomicBoolean();
    private final List<Thread> threads = new ArrayList<>();

    Load(dev.countersign.client.Credential client, Request request) {
      for (int i = 0; i < 2; i++) {
        Thread thread = new Thread(() -> run(client, request), "load");
        thread.start();
        threads.add(thread);
      }
    }

    private void run(dev.countersign.client.Credential client, Request request) {
      while (!ends.get()) {
        try {
          ask(client, request);
          done.incrementAndGet();
        } catch (IOException e) {
          failure.compareAndSet(null, e);
        }
      }
    }

    @Override
    public void close() throws InterruptedException {
      ends.set(true);
      for (Thread thread : threads) {
        thread.join(LONG.toMillis());
      }
    }
  }

  @Override
  public void close() throws InterruptedException {
    if (process.isPresent()) {
      Process running = process.get();
      List<ProcessHandle> all = running.descendants().toList();
      running.destroy();
      if (!running.waitFor(10, TimeUnit.SECONDS)) {
        running.destroyForcibly().waitFor();
      }
      all.forEach(ProcessHandle::destroyForcibly);
    }
  }
}
