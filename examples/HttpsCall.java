import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.cert.CertPathBuilder;
import java.security.cert.CertPathValidatorException;
import java.security.cert.CertPathValidatorException.BasicReason;
import java.security.cert.PKIXBuilderParameters;
import java.security.cert.PKIXRevocationChecker;
import java.security.cert.X509CertSelector;
import java.time.Duration;
import java.util.stream.Stream;
import javax.net.ssl.CertPathTrustManagerParameters;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/**
 * A client of your own, in plain Java: it shows the certificate of its credential folder and accepts only servers of the
 * same authority that are not revoked. Exit status 0 with the answer on stdout, 1 when one side refused, 2 when nobody listens.
 *
 * <p>{@code java examples/HttpsCall.java FOLDER URL}
 */
public final class HttpsCall {

  public static void main(String[] arguments) throws Exception {
    Path folder = Path.of(arguments[0], "current");
    char[] password = Files.readString(folder.resolve("store.password")).strip().toCharArray();
    KeyManagerFactory keys = KeyManagerFactory.getInstance("PKIX");
    keys.init(KeyStore.getInstance(folder.resolve("keystore.p12").toFile(), password), password);

    // Java asks nobody about revocation unless it is told to: a stolen service must be refused like a stolen caller.
    System.setProperty("com.sun.security.enableCRLDP", "true");
    KeyStore trusted = KeyStore.getInstance(folder.resolve("truststore.p12").toFile(), password);
    PKIXBuilderParameters path = new PKIXBuilderParameters(trusted, new X509CertSelector());
    path.addCertPathChecker(
        (PKIXRevocationChecker) CertPathBuilder.getInstance("PKIX").getRevocationChecker());
    TrustManagerFactory trust = TrustManagerFactory.getInstance("PKIX");
    trust.init(new CertPathTrustManagerParameters(path));
    SSLContext tls = SSLContext.getInstance("TLS");
    tls.init(keys.getKeyManagers(), trust.getTrustManagers(), null);

    HttpClient client =
        HttpClient.newBuilder()
            .sslContext(tls)
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(Duration.ofSeconds(10))
            .build();
    HttpRequest request =
        HttpRequest.newBuilder(URI.create(arguments[1])).timeout(Duration.ofSeconds(20)).build();
    try {
      HttpResponse<String> answer = client.send(request, HttpResponse.BodyHandlers.ofString());
      System.out.print(answer.body());
    } catch (ConnectException e) {
      System.err.println("cannot connect to " + arguments[1] + ": is the service up?");
      System.exit(2);
    } catch (IOException e) {
      System.err.println("refused: " + why(e));
      System.exit(1);
    }
  }

  /** In words. What a check of revocation that could not be made says last is about something else. */
  private static String why(Throwable thrown) {
    Throwable last = thrown;
    for (Throwable each = thrown; each != null; each = each.getCause()) {
      if (isUndetermined(each) || Stream.of(each.getSuppressed()).anyMatch(HttpsCall::isUndetermined)) {
        return "nobody says whether the certificate is revoked: neither OCSP nor the CRL of the authority can be had";
      }
      last = each;
    }
    return last.getMessage();
  }

  private static boolean isUndetermined(Throwable thrown) {
    return thrown instanceof CertPathValidatorException
        && ((CertPathValidatorException) thrown).getReason() == BasicReason.UNDETERMINED_REVOCATION_STATUS;
  }
}
