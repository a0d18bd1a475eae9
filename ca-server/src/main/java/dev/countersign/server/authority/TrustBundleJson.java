package dev.countersign.server.authority;

import dev.countersign.pki.Certificate;
import java.time.Instant;
import java.util.List;

/** The trust bundle as it is answered. */
public record TrustBundleJson(long number, List<Root> roots) {

  /** One root of it. */
  public record Root(
      String name, String subject, String pin, Instant notAfter, String certificate) {}

  public static TrustBundleJson of(Hierarchy hierarchy) {
    TrustBundle bundle = hierarchy.trustBundle();
    return new TrustBundleJson(
        bundle.number(), bundle.roots().stream().map(root -> root(hierarchy, root)).toList());
  }

  private static Root root(Hierarchy hierarchy, Certificate certificate) {
    String name =
        hierarchy.roots().stream()
            .filter(root -> root.certificate().equals(certificate))
            .map(Authority::name)
            .findFirst()
            .orElse("root");
    return new Root(
        name,
        certificate.subject(),
        certificate.pin().toString(),
        certificate.notAfter(),
        certificate.toPem());
  }
}
