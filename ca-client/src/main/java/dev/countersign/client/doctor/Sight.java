package dev.countersign.client.doctor;

import dev.countersign.client.doctor.Seen.Ending;
import dev.countersign.pki.Certificate;
import dev.countersign.pki.MalformedCertificateException;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.SSLEngine;

/** Makes of what was recorded what was seen. */
final class Sight {
  private Sight() {}

  static Seen of(
      Recorder recorder, SSLEngine engine, boolean completed, Ending ending, String detail) {
    List<Certificate> chain = new ArrayList<>();
    Optional<String> malformed = Optional.empty();
    for (X509Certificate certificate : recorder.presented()) {
      try {
        chain.add(Certificate.of(certificate));
      } catch (MalformedCertificateException e) {
        malformed = Optional.of(String.valueOf(e.getMessage()));
        if (chain.isEmpty()) {
          break; // without its own certificate, what is above it says nothing
        }
      }
    }
    return new Seen(
        List.copyOf(chain),
        malformed,
        recorder.asked(),
        recorder.showed(),
        completed,
        completed && recorder.presented().isEmpty(),
        completed ? engine.getSession().getProtocol() : "",
        ending,
        detail);
  }
}
