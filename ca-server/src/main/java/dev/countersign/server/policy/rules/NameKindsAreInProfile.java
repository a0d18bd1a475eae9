package dev.countersign.server.policy.rules;

import dev.countersign.pki.NameKind;
import dev.countersign.pki.SubjectName;
import dev.countersign.server.policy.Claim;
import dev.countersign.server.policy.Rule;
import dev.countersign.server.refusal.Refusal;
import java.util.stream.Collectors;

/** A profile carries some kinds of names; the SPIFFE ID that it adds is not asked for. */
public final class NameKindsAreInProfile implements Rule {

  @Override
  public void check(Claim claim) {
    for (SubjectName name : claim.names().list()) {
      if (!claim.adds(name) && !claim.profile().nameKinds().contains(name.kind())) {
        throw new Refusal(
            Refusal.Kind.NOT_ALLOWED,
            "The profile "
                + claim.profile().name()
                + " does not carry the name "
                + name
                + ": its kinds of names are "
                + claim.profile().nameKinds().stream()
                    .map(NameKind::label)
                    .collect(Collectors.joining(", ", "[", "]"))
                + (claim.addsSpiffeId() && name.kind() == NameKind.URI
                    ? ", because a certificate with a SPIFFE ID has no other URI."
                    : "."));
      }
    }
  }
}
