package dev.countersign.bench;

import dev.countersign.bench.HttpConnection.Answer;
import dev.countersign.bench.Round.Dialer;
import dev.countersign.bench.Round.Result;
import dev.countersign.pki.Certificate;
import dev.countersign.server.keys.NativeProvider;
import java.io.IOException;
import java.net.Socket;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/**
 * {@code bench/run}: prints a Markdown table of what an authority on this machine does in a second.
 */
@Command(
    name = "bench/run",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = "Measures an authority that it makes, on this machine.")
public final class Main implements java.util.concurrent.Callable<Integer> {

  @Option(names = "--project", hidden = true, defaultValue = ".")
  private Path project = Path.of(".");

  @Option(
      names = "--seconds",
      defaultValue = "10",
      description = "of each measurement (default ${DEFAULT-VALUE})")
  private int seconds = 10;

  @Option(
      names = "--warm-up",
      defaultValue = "20",
      description = "seconds of issuing before the first measurement (default ${DEFAULT-VALUE})")
  private int warmUp = 20;

  @Option(
      names = "--clients",
      split = ",",
      defaultValue = "1,16",
      description = "default ${DEFAULT-VALUE}")
  private List<Integer> clients = List.of(1, 16);

  @Option(
      names = "--operations",
      split = ",",
      defaultValue = "issue,enrol,renew,ocsp",
      description = "default ${DEFAULT-VALUE}")
  private List<String> operations = List.of();

  @Option(
      names = "--keys",
      defaultValue = "1000",
      description = "different subject keys (default ${DEFAULT-VALUE})")
  private int keys = 1000;

  @Parameters(
      arity = "0..*",
      paramLabel = "INIT_OPTION",
      description = "after --: further options of countersignd init, e.g. --issuing-key Ed25519")
  private List<String> initOptions = new ArrayList<>();

  private final Map<Integer, byte[]> issued = new TreeMap<>();

  public static void main(String[] arguments) {
    System.exit(new CommandLine(new Main()).execute(arguments));
  }

  @Override
  public Integer call() throws Exception {
    NativeProvider.install();
    Path work = Files.createTempDirectory("countersign-bench");
    try (Authority authority =
        Authority.start(project.toAbsolutePath().normalize(), work, initOptions)) {
      measure(authority, work);
    } finally {
      remove(work);
    }
    return 0;
  }

  private void measure(Authority authority, Path work) throws Exception {
    SSLContext tls = tls(work.resolve("operator/current"));
    Dialer operator = () -> new HttpConnection(tlsSocket(tls, authority.https()));
    SSLContext anonymousTls = withoutKey(work.resolve("operator/current"));
    Dialer anonymous = () -> new HttpConnection(tlsSocket(anonymousTls, authority.https()));
    Dialer plain =
        () ->
            new HttpConnection(new Socket(authority.http().getHost(), authority.http().getPort()));
    Requests requests = new Requests(authority.https(), keys, new SecureRandom());
    try (HttpConnection connection = operator.connect()) {
      expect(connection.ask(requests.identity()));
    }
    System.out.printf(
        Locale.ROOT,
        "Java %s, %d cores, one flush of 4 KiB to this disk: %.2f ms (median of 200)%n%n",
        System.getProperty("java.version"),
        Runtime.getRuntime().availableProcessors(),
        flush(work));
    int most = clients.stream().max(Comparator.naturalOrder()).orElse(1);
    issued.putAll(new Round(requests.issue(), true, 20_000).run(most, warmUp, operator).answers());

    System.out.println(
        "| operation | clients | per second | p50 ms | p99 ms | server CPU ms each | of the server's time |");
    System.out.println("|---|---|---|---|---|---|---|");
    for (String operation : operations) {
      for (int count : clients) {
        double cpu = authority.cpuSeconds();
        Result result;
        switch (operation) {
          case "issue" ->
              result = new Round(requests.issue(), true, 0).run(count, seconds, operator);
          case "enrol" -> {
            List<byte[]> enrol;
            try (HttpConnection connection = operator.connect()) {
              enrol = requests.enrol(connection, Math.min(count, 4) * 700 * seconds);
            }
            cpu = authority.cpuSeconds();
            result = new Round(enrol, false, 0).run(count, seconds, anonymous);
          }
          case "renew" -> {
            if (issued.size() < Math.min(count, 4) * 100 * seconds) {
              // What was issued before is renewed already: more to renew is issued first.
              issued.putAll(
                  new Round(requests.issue(), true, 20_000).run(most, seconds, operator).answers());
            }
            List<byte[]> renew = requests.renew(take(Math.min(count, 4) * 700 * seconds));
            cpu = authority.cpuSeconds();
            result = new Round(renew, false, 0).run(count, seconds, anonymous);
          }
          case "ocsp" -> {
            byte[] first =
                issued.isEmpty() ? issueOne(requests, operator) : issued.values().iterator().next();
            Certificate issuer = Certificate.of(Requests.issuer(first));
            List<Certificate> some = new ArrayList<>();
            some.add(Requests.certificate(first));
            for (byte[] answer : issued.values().stream().limit(500).toList()) {
              some.add(Requests.certificate(answer));
            }
            List<byte[]> ocsp = requests.ocsp("/ocsp/issuing-1", issuer, some);
            cpu = authority.cpuSeconds();
            result = new Round(ocsp, true, 0).run(count, seconds, plain);
          }
          default ->
              throw new CommandLine.ParameterException(
                  new CommandLine(this), "no operation " + operation);
        }
        double used = authority.cpuSeconds() - cpu;
        System.out.printf(
            Locale.ROOT,
            "| %s | %d | %,.0f | %.2f | %.2f | %.3f | %.0f %% |%n",
            operation,
            count,
            result.perSecond(),
            result.percentile(0.5),
            result.percentile(0.99),
            used * 1000 / result.latencies().length,
            100 * used / result.seconds());
      }
    }
    System.out.printf(
        Locale.ROOT,
        "%nServer memory: %d MiB resident at the end, %d MiB at most. Database: %,.1f MB.%n",
        authority.memory(false),
        authority.memory(true),
        authority.databaseSize() / 1e6);
  }

  /**
   * Answers that were not taken before: what is renewed once would get the same certificate again.
   */
  private Map<Integer, byte[]> take(int count) {
    Map<Integer, byte[]> taken = new TreeMap<>();
    var it = issued.entrySet().iterator();
    it.next(); // one stays for OCSP
    while (it.hasNext() && taken.size() < count) {
      var entry = it.next();
      taken.put(entry.getKey(), entry.getValue());
      it.remove();
    }
    return taken;
  }

  private static byte[] issueOne(Requests requests, Dialer operator) throws IOException {
    try (HttpConnection connection = operator.connect()) {
      return expect(connection.ask(requests.issue().get(0)));
    }
  }

  private static byte[] expect(Answer answer) throws IOException {
    if (answer.status() / 100 != 2) {
      throw new IOException(
          answer.status()
              + ": "
              + new String(answer.body(), java.nio.charset.StandardCharsets.UTF_8));
    }
    return answer.body();
  }

  private static Socket tlsSocket(SSLContext context, URI url) throws IOException {
    return context.getSocketFactory().createSocket(url.getHost(), url.getPort());
  }

  private static SSLContext tls(Path folder) throws IOException, GeneralSecurityException {
    char[] password = password(folder);
    KeyManagerFactory own = KeyManagerFactory.getInstance("PKIX");
    own.init(KeyStore.getInstance(folder.resolve("keystore.p12").toFile(), password), password);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(own.getKeyManagers(), trust(folder, password).getTrustManagers(), null);
    return context;
  }

  private static SSLContext withoutKey(Path folder) throws IOException, GeneralSecurityException {
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(null, trust(folder, password(folder)).getTrustManagers(), null);
    return context;
  }

  private static TrustManagerFactory trust(Path folder, char[] password)
      throws IOException, GeneralSecurityException {
    TrustManagerFactory trust = TrustManagerFactory.getInstance("PKIX");
    trust.init(KeyStore.getInstance(folder.resolve("truststore.p12").toFile(), password));
    return trust;
  }

  private static char[] password(Path folder) throws IOException {
    return Files.readString(folder.resolve("store.password")).strip().toCharArray();
  }

  /** What a durable answer waits for at least, in milliseconds. */
  private static double flush(Path work) throws IOException {
    double[] times = new double[200];
    ByteBuffer page = ByteBuffer.allocate(4096);
    try (FileChannel file =
        FileChannel.open(
            work.resolve("flush"), StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
      for (int i = 0; i < times.length; i++) {
        page.clear();
        long begin = System.nanoTime();
        file.write(page);
        file.force(false);
        times[i] = (System.nanoTime() - begin) / 1e6;
      }
    }
    Arrays.sort(times);
    return times[times.length / 2];
  }

  private static void remove(Path folder) throws IOException {
    try (Stream<Path> all = Files.walk(folder)) {
      for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(path);
      }
    }
  }
}
