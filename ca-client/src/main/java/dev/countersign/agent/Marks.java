package dev.countersign.agent;

import dev.countersign.client.Credential;
import dev.countersign.client.CredentialFolder;
import java.util.Collection;
import java.util.EnumSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * By what to know whether a part of a credential is another one.
 *
 * @param certificate its serial number
 * @param trust digest of {@code trust.pem}
 * @param lists digest of {@code crl.pem}
 */
public record Marks(String certificate, String trust, String lists) {
  public static Marks of(Credential credential) {
    Map<String, String> digests = credential.info().digests();
    return new Marks(
        credential.info().serial().toString(),
        digests.getOrDefault(CredentialFolder.TRUST, ""),
        digests.getOrDefault(CredentialFolder.CRL, ""));
  }

  /** Which of these parts are not as they were; all if nothing is known of before. */
  Set<Part> since(Optional<Marks> before, Collection<Part> parts) {
    Set<Part> changed = EnumSet.noneOf(Part.class);
    for (Part part : parts) {
      if (before.filter(was -> was.of(part).equals(of(part))).isEmpty()) {
        changed.add(part);
      }
    }
    return changed;
  }

  private String of(Part part) {
    return switch (part) {
      case CERTIFICATE -> certificate;
      case TRUST -> trust;
      case LISTS -> lists;
    };
  }
}
