package dev.countersign.client;

import dev.countersign.client.ClientException.Kind;
import dev.countersign.client.ServerTrust.UntrustedServerException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.SocketException;
import java.net.URI;
import java.net.UnknownHostException;
import java.net.http.HttpConnectTimeoutException;
import java.nio.channels.UnresolvedAddressException;
import java.util.Locale;
import java.util.Optional;
import javax.net.ssl.SSLException;

/** What the JDK's network exceptions mean to a person. */
final class ConnectionFailures {
  private ConnectionFailures() {}

  static String at(URI uri) {
    return uri.getScheme() + "://" + uri.getAuthority();
  }

  static ClientException translate(URI uri, Throwable failure) {
    Optional<UntrustedServerException> untrusted = find(failure, UntrustedServerException.class);
    if (untrusted.isPresent()) {
      return untrusted.get().meaning();
    }
    Optional<SSLException> tls = find(failure, SSLException.class);
    String tlsText =
        tls.map(e -> String.valueOf(e.getMessage())).orElse("").toLowerCase(Locale.ROOT);
    if (tlsText.contains("received fatal alert") && tlsText.contains("cert")) {
      return new ClientException(
          Kind.REFUSED,
          at(uri)
              + " refused this side's certificate in the TLS handshake ("
              + Printable.line(tlsText.substring(tlsText.lastIndexOf(':') + 1).trim())
              + "). See whether it is expired or revoked: countersign status.",
          failure);
    }
    Optional<String> unconnected = unconnected(failure);
    return unconnected.isPresent()
        ? new NotConnectedException(at(uri) + " " + unconnected.get(), failure)
        : new UnusableAnswerException(at(uri) + " " + how(failure, tls, tlsText), failure);
  }

  private static Optional<String> unconnected(Throwable failure) {
    if (find(failure, HttpConnectTimeoutException.class).isPresent()) {
      return Optional.of(
          "did not accept a connection in time. Check that the authority runs and that no"
              + " firewall is in between.");
    }
    if (find(failure, NoRouteToHostException.class).isPresent()) {
      return Optional.of("cannot be reached: no route to the host. Check this machine's network.");
    }
    if (find(failure, ConnectException.class).isPresent() && !isUnknownHost(failure)) {
      return Optional.of(
          "cannot be reached: the connection was refused. Check that the authority runs there,"
              + " and the port.");
    }
    return Optional.empty();
  }

  private static boolean isUnknownHost(Throwable failure) {
    return find(failure, UnresolvedAddressException.class).isPresent()
        || find(failure, UnknownHostException.class).isPresent();
  }

  private static String how(Throwable failure, Optional<SSLException> tls, String tlsText) {
    if (isUnknownHost(failure)) {
      return "cannot be reached: the host name is not known here. Check the URL and this machine's"
          + " name service.";
    }
    String proxy = String.valueOf(root(failure).getMessage());
    if (proxy.startsWith("Tunnel failed") || proxy.startsWith("Unable to tunnel")) {
      return "cannot be reached through the proxy of this Java ("
          + Printable.line(proxy)
          + "). Have the proxy let the connection through, or let it be passed by for this host"
          + " (-Dhttp.nonProxyHosts).";
    }
    Optional<BoundedBody.TooLargeException> large =
        find(failure, BoundedBody.TooLargeException.class);
    if (large.isPresent()) {
      return "answered with "
          + large.get().getMessage()
          + ", which no authority does. Check the URL.";
    }
    if (tlsText.contains("unrecognized ssl message")) {
      return "does not speak TLS on this port. Check the port: the authority's plain HTTP port is"
          + " another one.";
    }
    if (tls.isPresent() && !tlsText.contains("terminated")) {
      return "failed in the TLS handshake ("
          + Printable.line(tlsText)
          + "). Try again; check the URL and the port.";
    }
    if (find(failure, SocketException.class).isPresent() || isCutOff(failure)) {
      return "closed the connection before its answer was whole. Nothing is lost: try again.";
    }
    return "gave no answer that can be read ("
        + Printable.line(String.valueOf(root(failure)))
        + "). Check that it is the authority's URL, then try again.";
  }

  private static boolean isCutOff(Throwable failure) {
    for (Throwable t = failure; t != null; t = t.getCause()) {
      String text = String.valueOf(t.getMessage());
      if (t instanceof java.io.EOFException
          || text.contains("received no bytes")
          || text.contains("bytes received")
          || text.contains("EOF reached")
          || text.contains("closed")
          || text.contains("terminated")) {
        return true;
      }
    }
    return false;
  }

  private static Throwable root(Throwable failure) {
    Throwable t = failure;
    while (t.getCause() != null) {
      t = t.getCause();
    }
    return t;
  }

  private static <T extends Throwable> Optional<T> find(Throwable failure, Class<T> type) {
    for (Throwable t = failure; t != null; t = t.getCause()) {
      if (type.isInstance(t)) {
        return Optional.of(type.cast(t));
      }
    }
    return Optional.empty();
  }
}
