import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.cert.CertPathBuilder;
import java.security.cert.CertPathValidatorException;
import java.security.cert.CertPathValidatorException.BasicReason;
import java.security.cert.PKIXBuilderParameters;
import java.security.cert.PKIXRevocationChecker;
import java.security.cert.X509CertSelector;
import java.security.cert.X509Certificate;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.Stream;
import javax.net.ssl.CertPathTrustManagerParameters;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;

/**
 * A service of your own, in plain Java: it shows the certificate of its credential folder, asks each caller for one, and
 * asks the authority whether that is revoked.
 *
 * <p>{@code java examples/HttpsService.java FOLDER PORT} (0 = any free port; it is printed)
 */
public final class HttpsService {

  public static void main(String[] arguments) throws Exception {
    Path folder = Path.of(arguments[0], "current");
    int port = Integer.parseInt(arguments[1]);
    SSLContext tls = tls(folder);
    SSLServerSocket door =
        (SSLServerSocket)
            tls.getServerSocketFactory().createServerSocket(port, 50, InetAddress.getLoopbackAddress());
    door.setNeedClientAuth(true);
    System.out.println("https://localhost:" + door.getLocalPort() + "/");
    ExecutorService threads = Executors.newCachedThreadPool();
    while (true) {
      SSLSocket socket = (SSLSocket) door.accept();
      threads.execute(() -> serve(socket));
    }
  }

  // tag::tls[]
  static SSLContext tls(Path folder) throws Exception {
    char[] password = Files.readString(folder.resolve("store.password")).strip().toCharArray();
    KeyStore own = KeyStore.getInstance(folder.resolve("keystore.p12").toFile(), password);
    KeyStore trusted = KeyStore.getInstance(folder.resolve("truststore.p12").toFile(), password);

    KeyManagerFactory keys = KeyManagerFactory.getInstance("PKIX");
    keys.init(own, password);

    // Java asks nobody about revocation unless it is told to. OCSP first, and the CRL if that does not answer; if neither
    // does, everybody is refused: docs/operate.md has what else could be chosen.
    System.setProperty("com.sun.security.enableCRLDP", "true");
    PKIXBuilderParameters path = new PKIXBuilderParameters(trusted, new X509CertSelector());
    path.addCertPathChecker(
        (PKIXRevocationChecker) CertPathBuilder.getInstance("PKIX").getRevocationChecker());
    TrustManagerFactory trust = TrustManagerFactory.getInstance("PKIX");
    trust.init(new CertPathTrustManagerParameters(path));

    SSLContext context = SSLContext.getInstance("TLS");
    context.init(keys.getKeyManagers(), trust.getTrustManagers(), null);
    return context;
  }

  // end::tls[]

  private static void serve(SSLSocket socket) {
    try (socket) {
      socket.setSoTimeout(10_000);
      socket.startHandshake();
      X509Certificate caller = (X509Certificate) socket.getSession().getPeerCertificates()[0];
      // A resumed session would not be checked again: this caller's next connection makes a new one.
      socket.getSession().invalidate();
      BufferedReader in =
          new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.US_ASCII));
      for (String line = in.readLine(); line != null && !line.isEmpty(); line = in.readLine()) {
        // the head of the request: nothing in it matters here
      }
      String body =
          String.format(
              "Hello %s, certificate %040x\n", caller.getSubjectX500Principal(), caller.getSerialNumber());
      socket
          .getOutputStream()
          .write(
              ("HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nConnection: close\r\nContent-Length: "
                      + body.length()
                      + "\r\n\r\n"
                      + body)
                  .getBytes(StandardCharsets.US_ASCII));
      System.out.println("served " + caller.getSubjectX500Principal());
    } catch (IOException e) {
      System.out.println("refused: " + why(e));
    }
  }

  /** In words. What a check of revocation that could not be made says last is about something else. */
  private static String why(Throwable thrown) {
    Throwable last = thrown;
    for (Throwable each = thrown; each != null; each = each.getCause()) {
      if (isUndetermined(each) || Stream.of(each.getSuppressed()).anyMatch(HttpsService::isUndetermined)) {
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
