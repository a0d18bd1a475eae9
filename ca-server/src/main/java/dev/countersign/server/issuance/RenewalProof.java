package dev.countersign.server.issuance;

import dev.countersign.pki.SerialNumber;
import java.util.Optional;
import java.util.Set;
import org.jdbi.v3.core.Handle;

/**
 * The certificate that is renewed, whose key has signed. That it is still good is checked by the
 * recording itself, for every applicant with a previous certificate.
 */
public record RenewalProof(SerialNumber previous) implements Proof {

  @Override
  public String kind() {
    return "renewal";
  }

  @Override
  public String id() {
    return previous.toString();
  }

  @Override
  public Optional<String> retryKey() {
    return Optional.of("renewal:" + previous);
  }

  @Override
  public void consume(Handle handle, Set<Object> held) {
    // A certificate may be renewed more than once, with another key each time.
  }
}
