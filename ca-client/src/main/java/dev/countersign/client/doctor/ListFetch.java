package dev.countersign.client.doctor;

import dev.countersign.client.Printable;
import dev.countersign.client.doctor.Evidence.Fetched;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.HttpURLConnection;
import java.net.URI;
import java.security.GeneralSecurityException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509CRL;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * Fetches one revocation list over plain HTTP (RFC 5280 8). Its signature is looked at by who uses
 * it.
 */
final class ListFetch {
  private static final int MOST_BYTES = 16 << 20;

  private ListFetch() {}

  static Fetched fetch(URI uri, Duration longest) {
    try {
      if (!(uri.toURL().openConnection() instanceof HttpURLConnection connection)) {
        return none("it is not at an http address");
      }
      connection.setConnectTimeout((int) longest.toMillis());
      connection.setReadTimeout((int) longest.toMillis());
      connection.setInstanceFollowRedirects(false);
      connection.setUseCaches(false);
      try {
        int status = connection.getResponseCode();
        long date = connection.getDate();
        Optional<Instant> theirs =
            date == 0 ? Optional.empty() : Optional.of(Instant.ofEpochMilli(date));
        if (status != HttpURLConnection.HTTP_OK) {
          return new Fetched(Optional.empty(), "the answer has status " + status, theirs);
        }
        return read(connection, theirs);
      } finally {
        connection.disconnect();
      }
    } catch (IOException | IllegalArgumentException e) {
      return none(e.getClass().getSimpleName() + " " + e.getMessage());
    }
  }

  private static Fetched read(HttpURLConnection connection, Optional<Instant> theirs)
      throws IOException {
    try (InputStream in = connection.getInputStream()) {
      byte[] der = in.readNBytes(MOST_BYTES + 1);
      if (der.length > MOST_BYTES) {
        return new Fetched(Optional.empty(), "it is larger than " + MOST_BYTES + " bytes", theirs);
      }
      X509CRL list =
          (X509CRL)
              CertificateFactory.getInstance("X.509").generateCRL(new ByteArrayInputStream(der));
      return new Fetched(Optional.of(list), "", theirs);
    } catch (GeneralSecurityException e) {
      return new Fetched(Optional.empty(), "what is there is no revocation list", theirs);
    }
  }

  static Fetched none(String trouble) {
    return new Fetched(Optional.empty(), Printable.line(trouble), Optional.empty());
  }
}
