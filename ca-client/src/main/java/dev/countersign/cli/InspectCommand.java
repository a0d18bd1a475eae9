package dev.countersign.cli;

import dev.countersign.client.ClientException;
import dev.countersign.client.Credential;
import dev.countersign.client.CredentialFolder;
import dev.countersign.client.Finding;
import dev.countersign.client.Inspection;
import dev.countersign.client.Patience;
import dev.countersign.client.Printable;
import dev.countersign.client.TlsInspection;
import dev.countersign.client.TlsInspection.Trusted;
import dev.countersign.pki.Certificate;
import dev.countersign.pki.EnrollmentString;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Anything around certificates, in words. */
@Command(
    name = "inspect",
    description = {
      "Say what is in a file, or who a live TLS server is.",
      "Knows certificates, chains, CSRs, CRLs, PKCS #12, keys (their public part) and enrolment"
          + " strings",
      "(never their secret). A server that is not trusted ends it with 4."
    })
final class InspectCommand extends BaseCommand {
  private static final Pattern ADDRESS =
      Pattern.compile("(?:https://)?(\\[[0-9A-Fa-f:.]+\\]|[^:/\\[\\]]+):([0-9]{1,5})/?");
  private static final Pattern HOST =
      Pattern.compile("(?:https://)?(?:\\[?[0-9A-Fa-f:.]+]?|[A-Za-z0-9._-]+)/?");
  private static final int LINES_OF_A_LIST = 20;
  // In the sentence about a server, and nowhere else
  private static final Set<String> SAID_BEFORE =
      Set.of("trusted", "trustedBy", "reason", "asksForCertificate", "clientAuthorities");

  @Parameters(paramLabel = "FILE|HOST:PORT|-", description = "A file, - for stdin, or a server.")
  String what = "";

  @Option(
      names = "--password-file",
      paramLabel = "FILE",
      description = "Holds the password of a PKCS #12 or key.")
  @Nullable Path passwordFile;

  @Option(
      names = "--trust",
      paramLabel = "FILE",
      description =
          "PEM of the roots a server is checked against. Default: those of --dir, else of this"
              + " Java.")
  @Nullable Path trust;

  @Option(
      names = "--dir",
      paramLabel = "DIR",
      description =
          "Check a server against this folder's roots, and show it this credential if it asks for"
              + " one; tell which certificates are revoked by this folder's lists.")
  @Nullable Path directory;

  InspectCommand(Surroundings surroundings) {
    super(surroundings);
  }

  @Override
  ExitCode run(Output output, Progress progress) {
    Instant now = surroundings().clock().instant();
    boolean isFile = what.equals("-") || Files.exists(path(what));
    Matcher address = ADDRESS.matcher(what);
    if (!isFile && address.matches()) {
      return server(address.group(1), Integer.parseInt(address.group(2)), output, progress, now);
    }
    if (EnrollmentString.looksLikeOne(what)) {
      throw new UsageException(
          "Do not give an enrolment string as an argument, where others can see it: pipe it in, as"
              + " in countersign inspect -");
    }
    if (!isFile && HOST.matcher(what).matches()) {
      throw new ClientException(
          ClientException.Kind.LOCAL_FILES,
          "There is no file "
              + Printable.line(what)
              + " here. Check the path; if it is a server, give its port too, as HOST:PORT.");
    }
    Optional<char[]> password = Optional.ofNullable(passwordFile).map(Values::secret);
    byte[] content = Values.read(what, surroundings(), "read what is to be inspected");
    Inspection inspection =
        credential()
            .map(c -> new Inspection(now, password, c.revocationLists()))
            .orElseGet(() -> new Inspection(now, password));
    show(inspection.of(content, what.equals("-") ? "stdin" : what), output);
    return ExitCode.DONE;
  }

  private static Path path(String text) {
    try {
      return Path.of(text);
    } catch (InvalidPathException e) {
      throw new UsageException("This cannot be the name of a file, nor HOST:PORT.");
    }
  }

  private ExitCode server(String host, int port, Output output, Progress progress, Instant now) {
    if (port < 1 || port > 65535) {
      throw new UsageException(port + " is not a port.");
    }
    Optional<Credential> credential = credential();
    Trusted trusted =
        Optional.ofNullable(trust)
            .map(file -> new Trusted(roots(file), "the roots in " + file))
            .or(() -> credential.map(c -> new Trusted(c.roots(), "the roots of " + directory)))
            .orElseGet(Trusted::byThisJava);
    progress.working("asking " + host + ":" + port);
    String bare = host.startsWith("[") ? host.substring(1, host.length() - 1) : host;
    TlsInspection.Seen seen =
        new TlsInspection(Patience.DEFAULT, now).look(bare, port, trusted, credential);
    progress.close();
    if (!output.isJson()) {
      output.data(Printable.line(seen.summary()));
      output.data("");
    }
    show(seen.findings(), output);
    return seen.verdict().isPresent() ? ExitCode.WRONG_SERVER : ExitCode.DONE;
  }

  private Optional<Credential> credential() {
    return Optional.ofNullable(directory).map(d -> CredentialFolder.at(d).read());
  }

  private List<Certificate> roots(Path file) {
    byte[] content = Values.read(file.toString(), surroundings(), "read the roots");
    try {
      return Certificate.parsePem(new String(content, StandardCharsets.US_ASCII));
    } catch (IllegalArgumentException e) {
      throw new UsageException(
          "--trust: " + file + " holds no certificates in PEM (" + e.getMessage() + ").");
    }
  }

  private void show(List<Finding> findings, Output output) {
    if (output.isJson()) {
      List<Map<String, Object>> items = new ArrayList<>();
      for (Finding finding : findings) {
        Map<String, Object> item = new LinkedHashMap<>();
        item.put("kind", finding.kind());
        item.putAll(finding.facts());
        items.add(item);
      }
      output.document(commandName(), Map.of("items", items));
      return;
    }
    boolean first = true;
    for (Finding finding : findings) {
      if (!first) {
        output.data("");
      }
      first = false;
      Map<String, Object> facts = new LinkedHashMap<>();
      facts.put("kind", finding.kind());
      finding.facts().forEach((name, value) -> facts.put(name, text(value)));
      if (finding.kind().equals("tls-server")) {
        facts.keySet().removeAll(SAID_BEFORE);
      }
      output.facts(facts);
    }
  }

  private static Object text(Object value) {
    if (value instanceof Map<?, ?> map) {
      List<String> parts = new ArrayList<>();
      map.forEach((k, v) -> parts.add(k + " " + text(v)));
      return parts.isEmpty() ? "" : String.join(", ", parts);
    }
    if (value instanceof List<?> list) {
      List<String> parts = new ArrayList<>();
      list.stream().limit(LINES_OF_A_LIST).forEach(v -> parts.add(String.valueOf(text(v))));
      if (list.size() > LINES_OF_A_LIST) {
        parts.add("and " + (list.size() - LINES_OF_A_LIST) + " more (--json shows all)");
      }
      return String.join(list.isEmpty() || list.get(0) instanceof Map ? "; " : ", ", parts);
    }
    if (value instanceof Boolean truth) {
      return truth ? "yes" : "no";
    }
    return value;
  }
}
