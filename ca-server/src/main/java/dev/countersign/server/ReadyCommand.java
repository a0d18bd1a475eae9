package dev.countersign.server;

import com.fasterxml.jackson.databind.JsonNode;
import dev.countersign.pki.Json;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code countersignd ready}. */
@Command(
    name = "ready",
    mixinStandardHelpOptions = true,
    description = {
      "Waits until the authority of a folder, which another process serves, answers and is ready;"
          + " then prints its base URLs.",
      "With --timeout 0 it asks once. Exit code 6 if it is not ready in time."
    })
final class ReadyCommand implements Callable<Integer> {
  private static final Duration ONE_ANSWER = Duration.ofSeconds(5);
  private static final long PAUSE_MILLIS = 100;

  @Spec private @Nullable CommandSpec spec;

  @Option(
      names = "--dir",
      paramLabel = "DIR",
      required = true,
      description = "The folder of the authority.")
  private @Nullable Path dir;

  @Option(
      names = "--timeout",
      paramLabel = "SECONDS",
      defaultValue = "60",
      description = "How long to wait (default: ${DEFAULT-VALUE}).")
  private int timeout = 60;

  @Override
  public Integer call() throws IOException, InterruptedException {
    Home home = new Home(given(dir).toAbsolutePath().normalize());
    home.mustHoldAuthority();
    Ground ground = Wiring.ground();
    HttpClient client = HttpClient.newBuilder().connectTimeout(ONE_ANSWER).build();
    var end = ground.clock().instant().plusSeconds(timeout);
    while (true) {
      String lacking = lacking(home, client);
      if (lacking == null) {
        return ExitCodes.DONE;
      }
      if (!ground.clock().instant().isBefore(end)) {
        throw new StartFailure(
            ExitCodes.UNREACHABLE,
            "The authority of "
                + home.directory()
                + " is not ready: "
                + lacking
                + ". See what countersignd serve said.");
      }
      Thread.sleep(PAUSE_MILLIS);
    }
  }

  /** What is not as it should be, or null. */
  private @Nullable String lacking(Home home, HttpClient client) throws InterruptedException {
    JsonNode addresses;
    try {
      addresses = Json.MAPPER.readTree(Files.readAllBytes(home.addresses()));
    } catch (IOException e) {
      return "nothing serves it (there is no " + home.addresses().getFileName() + ")";
    }
    String management = addresses.path("management").asText();
    try {
      HttpRequest request =
          HttpRequest.newBuilder(URI.create(management + "/readyz")).timeout(ONE_ANSWER).build();
      HttpResponse<String> answer = client.send(request, HttpResponse.BodyHandlers.ofString());
      if (answer.statusCode() != 200) {
        return management + "/readyz says " + answer.body().strip();
      }
    } catch (IOException | IllegalArgumentException e) {
      return management + " does not answer";
    }
    tell(addresses);
    return null;
  }

  private void tell(JsonNode addresses) {
    if (spec == null) {
      throw new IllegalStateException("not run by picocli");
    }
    PrintWriter out = spec.commandLine().getOut();
    for (String name : new String[] {"https", "http", "management"}) {
      out.println(name + " " + addresses.path(name).asText());
    }
    out.flush();
  }

  private static Path given(@Nullable Path path) {
    if (path == null) {
      throw new IllegalStateException("picocli requires it");
    }
    return path;
  }
}
