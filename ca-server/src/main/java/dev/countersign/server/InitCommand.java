package dev.countersign.server;

import dev.countersign.pki.KeyAlgorithm;
import dev.countersign.server.config.Config;
import dev.countersign.server.config.CrlConfig;
import dev.countersign.server.config.DatabaseConfig;
import dev.countersign.server.config.LimitsConfig;
import dev.countersign.server.config.ListenerConfig;
import dev.countersign.server.config.ListenersConfig;
import dev.countersign.server.config.RetentionConfig;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code countersignd init}. */
@Command(
    name = "init",
    mixinStandardHelpOptions = true,
    description = {
      "Makes an authority in an empty folder: a root and an issuing CA, the database, and the first"
          + " admin, whose enrolment string is printed.",
      "A folder with anything else in it is left as it is."
    })
final class InitCommand implements Callable<Integer> {
  @Spec private @Nullable CommandSpec spec;
  @Mixin private final HomeOption home = new HomeOption();

  @Option(
      names = "--name",
      paramLabel = "NAME",
      defaultValue = "Countersign",
      description = "Stands in the CA certificates (default: ${DEFAULT-VALUE}).")
  private String name = "Countersign";

  @Option(
      names = "--trust-domain",
      paramLabel = "DOMAIN",
      defaultValue = "countersign.internal",
      description = "Of the SPIFFE IDs of services (default: ${DEFAULT-VALUE}).")
  private String trustDomain = "countersign.internal";

  @Option(
      names = "--hostname",
      paramLabel = "HOST",
      description =
          "DNS name or IP address under which clients reach this server; repeat it for more, the"
              + " best first (default: localhost).")
  private List<String> hostnames = new ArrayList<>();

  @Option(
      names = "--root-key",
      paramLabel = "ALGORITHM",
      defaultValue = "P-256",
      description =
          "P-256, P-384, RSA-2048, RSA-3072, RSA-4096 or Ed25519 (default: ${DEFAULT-VALUE}).")
  private String rootKey = "P-256";

  @Option(
      names = "--issuing-key",
      paramLabel = "ALGORITHM",
      defaultValue = "P-256",
      description = "The same for the issuing CA (default: ${DEFAULT-VALUE}).")
  private String issuingKey = "P-256";

  @Option(
      names = "--name-constraint",
      paramLabel = "NAMES",
      description =
          "What the issuing CA may certify: dns:example.internal, ip:10.0.0.0/8,"
              + " email:example.internal, uri:.example.internal; repeat it for more (default:"
              + " all).")
  private List<String> nameConstraints = new ArrayList<>();

  @Mixin private final BindOptions binds = new BindOptions();

  @Option(
      names = "--crl-shards",
      paramLabel = "NUMBER",
      defaultValue = "1",
      description =
          "Into how many lists revocations are divided, besides the complete one; certificates name"
              + " theirs. 1: only the complete one (default: ${DEFAULT-VALUE}).")
  private int crlShards = 1;

  @Option(
      names = "--https-port",
      paramLabel = "PORT",
      defaultValue = "8443",
      description = "For the REST interface (default: ${DEFAULT-VALUE}).")
  private int httpsPort = 8443;

  @Option(
      names = "--http-port",
      paramLabel = "PORT",
      defaultValue = "8080",
      description = "For CRLs and OCSP; stands in every certificate (default: ${DEFAULT-VALUE}).")
  private int httpPort = 8080;

  @Option(
      names = "--management-port",
      paramLabel = "PORT",
      defaultValue = "9090",
      description = "For health and metrics, on loopback (default: ${DEFAULT-VALUE}).")
  private int managementPort = 9090;

  @Option(
      names = "--database-url",
      paramLabel = "URL",
      description = "jdbc:postgresql://HOST/DATABASE (default: an embedded database in DIR).")
  private @Nullable String databaseUrl;

  @Option(names = "--database-user", paramLabel = "USER", description = "Its user.")
  private @Nullable String databaseUser;

  @Option(
      names = "--database-password-file",
      paramLabel = "FILE",
      description = "File with its password.")
  private @Nullable String databasePasswordFile;

  @Override
  public Integer call() throws IOException {
    Home folder = home.home();
    Config config = config();
    List<String> warnings = warnings();
    Initialization.Order order =
        new Initialization.Order(
            config,
            algorithm("--root-key", rootKey),
            algorithm("--issuing-key", issuingKey),
            nameConstraints,
            home.passphraseFile());
    Initialization.Made made = new Initialization(folder, Wiring.ground()).run(order);
    InitReport report = new InitReport(folder, home.again(), config, made);
    err().println(report.whatThereIs());
    warnings.forEach(warning -> err().println("Mind " + warning));
    err().println(report.whatIsNext(InitReport.Destination.stdout()));
    err().flush();
    out().println(made.admin().string().encode());
    out().flush();
    return ExitCodes.DONE;
  }

  private Config config() {
    try {
      List<String> names = hostnames.isEmpty() ? List.of("localhost") : hostnames;
      ListenersConfig listeners =
          ListenersConfig.reachedAs(names)
              .bind(binds.bind().orElse(null), binds.managementBind().orElse(null));
      return new Config(
          name,
          trustDomain,
          names,
          new ListenersConfig(
              port(listeners.https(), httpsPort),
              port(listeners.http(), httpPort),
              port(listeners.management(), managementPort)),
          databaseUrl == null
              ? null
              : new DatabaseConfig(databaseUrl, databaseUser, absolute(databasePasswordFile)),
          Map.of(),
          new CrlConfig(
              CrlConfig.DEFAULT.interval(),
              CrlConfig.DEFAULT.life(),
              crlShards,
              CrlConfig.DEFAULT.largestInAnswers()),
          LimitsConfig.DEFAULT,
          RetentionConfig.DEFAULT);
    } catch (IllegalArgumentException e) {
      throw usage(String.valueOf(e.getMessage()));
    }
  }

  private List<String> warnings() throws IOException {
    try {
      return binds.odd();
    } catch (IllegalArgumentException e) {
      throw usage(String.valueOf(e.getMessage()));
    }
  }

  private static @Nullable String absolute(@Nullable String file) {
    return file == null ? null : java.nio.file.Path.of(file).toAbsolutePath().toString();
  }

  private static ListenerConfig port(ListenerConfig listener, int port) {
    if (port == 0) {
      throw new IllegalArgumentException(
          "a port that is chosen at each start cannot stand in certificates and enrolment strings:"
              + " give a number to init (serve takes 0)");
    }
    return listener.withPort(port);
  }

  private KeyAlgorithm algorithm(String option, String text) {
    try {
      return KeyAlgorithm.parse(text);
    } catch (IllegalArgumentException e) {
      throw usage(option + ": " + e.getMessage());
    }
  }

  private StartFailure usage(String message) {
    return new StartFailure(ExitCodes.USAGE, message);
  }

  private PrintWriter out() {
    return line().getOut();
  }

  private PrintWriter err() {
    return line().getErr();
  }

  private CommandLine line() {
    if (spec == null) {
      throw new IllegalStateException("not run by picocli");
    }
    return spec.commandLine();
  }
}
