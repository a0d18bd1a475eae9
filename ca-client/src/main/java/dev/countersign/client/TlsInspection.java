package dev.countersign.client;

import dev.countersign.client.ClientException.Kind;
import dev.countersign.client.PathCheck.BrokenPathException;
import dev.countersign.pki.Certificate;
import dev.countersign.pki.MalformedCertificateException;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.SSLSocketFactory;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509TrustManager;

/**
 * Shakes hands with a live server, and says who it says it is and whether that holds. Sends nothing
 * but the handshake.
 */
public final class TlsInspection {
  /**
   * What was seen.
   *
   * @param summary in one sentence
   * @param verdict empty if the server is trusted, else the reason why not
   */
  public record Seen(String summary, List<Finding> findings, Optional<String> verdict) {}

  /**
   * What a server is checked against.
   *
   * @param name of them in a sentence, such as "the roots of --dir"
   */
  public record Trusted(List<Certificate> roots, String name) {
    public Trusted {
      roots = List.copyOf(roots);
    }

    /** Those that this Java came with. */
    public static Trusted byThisJava() {
      return new Trusted(systemRoots(), "the roots of this Java");
    }
  }

  /** What the other side showed and asked for, and why the handshake ended early, if it did. */
  private record Handshake(
      SSLSocket tls, Shown chain, ClientCertificateRequest request, Optional<String> refusal) {}

  private final Patience patience;
  private final Instant now;

  public TlsInspection(Patience patience, Instant now) {
    this.patience = patience;
    this.now = now;
  }

  /**
   * Shakes hands once.
   *
   * @param shown the credential to show if the server asks for one
   */
  public Seen look(String host, int port, Trusted trusted, Optional<Credential> shown) {
    Shown chain = new Shown();
    ClientCertificateRequest request =
        new ClientCertificateRequest(
            shown.map(c -> new TlsIdentity(c.privateKey(), c.fullChain())));
    Duration longest = patience.connect().plus(patience.answer());
    AtomicBoolean late = new AtomicBoolean();
    String at = (host.contains(":") ? "[" + host + "]" : host) + ":" + port; // RFC 3986 3.2.2
    try (Socket plain = new Socket()) {
      InetSocketAddress address = new InetSocketAddress(host, port);
      if (address.isUnresolved()) {
        throw new ClientException(
            Kind.UNREACHABLE,
            at + " cannot be reached: the host name is not known here. Check it.");
      }
      plain.connect(address, (int) patience.connect().toMillis());
      plain.setSoTimeout((int) patience.answer().toMillis());
      closeAfter(longest, plain, late); // the time-out is for each byte; this is for all of them
      try (SSLSocket tls =
          (SSLSocket) factory(chain, request).createSocket(plain, host, port, false)) {
        Optional<String> refusal = Optional.empty();
        try {
          tls.startHandshake();
        } catch (IOException e) {
          if (chain.presented.length == 0) {
            throw e;
          }
          refusal = Optional.of(Printable.line(String.valueOf(e.getMessage())));
        }
        return seen(at, host, new Handshake(tls, chain, request, refusal), trusted, shown);
      }
    } catch (IOException e) {
      if (late.get()) {
        throw new ClientException(
            Kind.UNREACHABLE,
            at
                + " did not complete a TLS handshake within "
                + longest.toSeconds()
                + " s. Check that the port speaks TLS.",
            e);
      }
      throw new ClientException(Kind.UNREACHABLE, at + " " + why(e), e);
    }
  }

  /** Of any server, and not of an authority as in {@link ConnectionFailures}. */
  private static String why(IOException e) {
    String said = Printable.line(String.valueOf(e.getMessage()));
    if (e instanceof SSLException) {
      return "did not complete a TLS handshake (" + said + "). Check that the port speaks TLS.";
    }
    if (e instanceof ConnectException) {
      return "cannot be reached (" + said + "). Check the port, and that a server runs there.";
    }
    if (e instanceof SocketTimeoutException) {
      return "did not answer in time (" + said + "). Check that no firewall is in between.";
    }
    return "cannot be reached (" + said + "). Check the address and this machine's network.";
  }

  private static void closeAfter(Duration longest, Socket socket, AtomicBoolean late) {
    // A thread of its own: those that all share may be waiting, perhaps for this
    CompletableFuture.delayedExecutor(
            longest.toMillis(), TimeUnit.MILLISECONDS, TlsInspection::onOwnThread)
        .execute(
            () -> {
              try {
                late.set(true);
                socket.close();
              } catch (IOException e) {
                // then it is closed
              }
            });
  }

  private static void onOwnThread(Runnable work) {
    Thread thread = new Thread(work, "countersign-inspect-limit");
    thread.setDaemon(true);
    thread.start();
  }

  private Seen seen(
      String at, String host, Handshake handshake, Trusted trusted, Optional<Credential> shown) {
    RevocationLists lists = shown.map(Credential::revocationLists).orElse(RevocationLists.NONE);
    X509Certificate[] presented = handshake.chain().presented;
    Optional<String> verdict = verdict(host, presented, trusted.roots(), lists);
    Optional<List<String>> asked = handshake.request().authorities();
    String trustedBy = trusted.name();
    Map<String, Object> facts = new LinkedHashMap<>();
    facts.put("address", at);
    if (handshake.refusal().isEmpty()) {
      facts.put("protocol", handshake.tls().getSession().getProtocol());
      facts.put("cipherSuite", handshake.tls().getSession().getCipherSuite());
    } else {
      facts.put("handshake", "ended by the server: " + handshake.refusal().get());
    }
    facts.put("trustedBy", trustedBy);
    facts.put("trusted", verdict.isEmpty());
    verdict.ifPresent(reason -> facts.put("reason", reason));
    facts.put("asksForCertificate", asked.isPresent());
    asked
        .filter(names -> !names.isEmpty())
        .ifPresent(names -> facts.put("clientAuthorities", names));
    List<Finding> findings = new ArrayList<>();
    findings.add(new Finding("tls-server", facts));
    CertificateFacts certificates = new CertificateFacts(now, lists);
    for (X509Certificate certificate : presented) {
      findings.add(certificates.of(certificate));
    }
    String summary =
        at
            + " presents "
            + presented(presented)
            + "; it is "
            + verdict
                .map(why -> "not trusted by " + trustedBy + ": " + why)
                .orElse("trusted by " + trustedBy)
            + "; it asks for "
            + asked.map(TlsInspection::clients).orElse("no client certificate")
            + ".";
    return new Seen(summary, findings, verdict);
  }

  private static String presented(X509Certificate[] chain) {
    X509Certificate leaf = chain[0];
    return Few.of(List.of(leaf.getSubjectX500Principal().getName()))
        + " of "
        + Few.of(List.of(leaf.getIssuerX500Principal().getName()))
        + ", until "
        + leaf.getNotAfter().toInstant();
  }

  private static String clients(List<String> authorities) {
    return "a client certificate of " + (authorities.isEmpty() ? "any CA" : Few.of(authorities));
  }

  private Optional<String> verdict(
      String host, X509Certificate[] presented, List<Certificate> roots, RevocationLists lists) {
    try {
      List<Certificate> chain = new ArrayList<>();
      for (X509Certificate certificate : presented) {
        chain.add(Certificate.of(certificate));
      }
      Certificate leaf = chain.get(0);
      PathCheck.root(leaf, chain, roots, now);
      if (!PathCheck.usages(leaf).isEmpty()) {
        PathCheck.requireUsage(leaf, PathCheck.SERVER_AUTH, "server");
      }
      Optional<Revoked> revoked = lists.revoked(chain);
      if (revoked.isPresent()) {
        return Optional.of(revoked.get().reasonNotToTrust());
      }
      return HostNames.matches(leaf, host)
          ? Optional.empty()
          : Optional.of("its certificate is for " + HostNames.shown(leaf) + ", not for " + host);
    } catch (BrokenPathException e) {
      return Optional.of(e.reason());
    } catch (MalformedCertificateException e) {
      return Optional.of("a certificate of its chain is malformed: " + e.getMessage());
    }
  }

  private static List<Certificate> systemRoots() {
    try {
      TrustManagerFactory factory =
          TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
      factory.init((KeyStore) null);
      List<Certificate> roots = new ArrayList<>();
      for (TrustManager manager : factory.getTrustManagers()) {
        if (manager instanceof X509TrustManager x509) {
          for (X509Certificate root : x509.getAcceptedIssuers()) {
            try {
              roots.add(Certificate.of(root));
            } catch (MalformedCertificateException e) {
              // an old root that is not as strict as ours; a chain to it will not be trusted here
            }
          }
        }
      }
      return roots;
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("This Java has no roots", e);
    }
  }

  private static SSLSocketFactory factory(Shown chain, ClientCertificateRequest request) {
    try {
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(new KeyManager[] {request}, new TrustManager[] {chain}, null);
      return context.getSocketFactory();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("This Java has no TLS", e);
    }
  }

  /**
   * Keeps what was presented; it is judged afterwards, and nothing is sent to a server that was
   * not.
   */
  private static final class Shown implements X509TrustManager {
    private X509Certificate[] presented = new X509Certificate[0];

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType) {
      presented = Arrays.copyOf(chain, chain.length);
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType) {
      throw new IllegalStateException("This side is a client");
    }

    @Override
    public X509Certificate[] getAcceptedIssuers() {
      return new X509Certificate[0];
    }
  }
}
