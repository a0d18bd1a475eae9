package dev.countersign.server.http;

import dev.countersign.pki.Certificate;
import io.javalin.http.Context;
import java.security.cert.CertificateEncodingException;
import java.security.cert.X509Certificate;
import java.util.Optional;

/**
 * Who is at the other end of the connection, as far as TLS proves it. What that certificate may do
 * is looked up at each request by whoever asks, never remembered with the connection.
 *
 * @param remoteAddress of the TCP peer; headers such as X-Forwarded-For are never believed
 * @param certificate whose key the peer has and whose chain ends in a root of the trust bundle
 */
public record Caller(String remoteAddress, Optional<Certificate> certificate) {

  static Caller of(Context ctx) {
    return new Caller(remoteAddress(ctx), presented(ctx));
  }

  private static String remoteAddress(Context ctx) {
    String address = String.valueOf(ctx.req().getRemoteAddr());
    return address.startsWith("[") && address.endsWith("]")
        ? address.substring(1, address.length() - 1)
        : address;
  }

  private static Optional<Certificate> presented(Context ctx) {
    X509Certificate[] chain = ctx.attribute("jakarta.servlet.request.X509Certificate");
    if (chain == null || chain.length == 0) {
      return Optional.empty();
    }
    try {
      return Optional.of(Certificate.parse(chain[0].getEncoded()));
    } catch (CertificateEncodingException e) {
      throw new IllegalStateException("a certificate that TLS took has no encoding", e);
    }
  }
}
