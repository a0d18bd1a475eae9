package dev.countersign.server.faults;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * The native provider is not there, is of another machine, or finds that it computes wrongly: the
 * JDK's own sign, and the log and the metrics say so.
 */
@ExtendWith(Sites.Shared.class)
class NativeProviderFaultsTest {
  private static final String JAR = "AmazonCorrettoCryptoProvider";
  private static final int SOME = 20;

  @Test
  void without_the_native_provider_the_jdks_own_sign(Sites sites) throws Exception {
    Site site = sites.fresh();
    issues(
        site,
        "absent",
        classPath -> classPath.stream().filter(entry -> !entry.contains(JAR)).toList(),
        "it is not on the class path");
    issues(
        site,
        "of-another-machine",
        classPath -> classPath.stream().filter(entry -> !isOfOurs(entry)).toList(),
        "its library cannot be loaded");
    issues(
        site,
        "wrong",
        // RFC 4231 4.3, but for the first digit of the first answer
        withAnswers(
            site,
            "sha2 4a656665 7768617420646f2079612077616e7420666f72206e6f7468696e673f"
                + " 6bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
                + " af45d2e376484031617f78d2b58a6b1b9c7ef464f5a01b47e42ec3736322445e"
                + "8e2240ca5e69e2c78b3239ecfab21649"
                + " 164b7a7bfcf819e2e395fbe73b56e0a387bd64222e831fd610270cd7ea250554"
                + "9758bf75c05a994a6d034f65f8f0e6fdcaeab1a34d4a6b4b636e070a38bce737\n"),
        "its self-test says FAILED");
  }

  private static boolean isOfOurs(String entry) {
    String machine = System.getProperty("os.arch").equals("aarch64") ? "aarch_64" : "x86_64";
    return entry.contains(JAR) && entry.contains(machine);
  }

  /** What the provider's self-test compares with, in place of what its jar has. */
  private static UnaryOperator<List<String>> withAnswers(Site site, String answers)
      throws IOException {
    Path folder = site.place().resolve("answers");
    Path file = folder.resolve("com/amazon/corretto/crypto/provider/testdata/hmac.txt");
    Files.createDirectories(file.getParent());
    Files.writeString(file, answers);
    return classPath -> {
      List<String> entries = new ArrayList<>(List.of(folder.toString()));
      entries.addAll(classPath);
      return entries;
    };
  }

  private static void issues(
      Site site, String identity, UnaryOperator<List<String>> classPath, String reason)
      throws Exception {
    Program.Jvm jvm = Program.Jvm.USUAL.with(classPath);
    try (Daemon daemon = Daemon.launch(site.directory(), jvm).ready()) {
      Site.add(site.admin(), identity);
      List<URI> urls = List.of(daemon.https());
      try (Load load = new Load(new Direct(site, "admin"), urls, identity)) {
        load.awaitMore(SOME).finish();
        assertThat(daemon.log()).contains("Native cryptography is not used", reason);
        assertThat(metrics(daemon)).contains("countersign_native_cryptography{provider=\"Sun");
        assertThat(gauge(daemon)).isZero();
        daemon.close();
        load.isWhatIsRecorded(site.storedSerials(identity), site.storedEvents(identity));
      }
    }
  }

  private static double gauge(Daemon daemon) throws Exception {
    String line =
        metrics(daemon)
            .lines()
            .filter(one -> one.startsWith("countersign_native_cryptography{"))
            .findFirst()
            .orElseThrow();
    return Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1));
  }

  private static String metrics(Daemon daemon) throws IOException, InterruptedException {
    HttpRequest request = HttpRequest.newBuilder(daemon.management().resolve("/metrics")).build();
    return HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofString()).body();
  }
}
