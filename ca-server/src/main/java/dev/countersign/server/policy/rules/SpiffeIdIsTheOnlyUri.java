package dev.countersign.server.policy.rules;

import dev.countersign.pki.SpiffeId;
import dev.countersign.server.policy.Claim;
import dev.countersign.server.policy.Rule;
import dev.countersign.server.refusal.Refusal;
import java.util.List;

/** X509-SVID 2: a certificate with a SPIFFE ID has exactly one URI, or validators refuse it. */
public final class SpiffeIdIsTheOnlyUri implements Rule {

  @Override
  public void check(Claim claim) {
    List<String> uris = claim.names().uri();
    if (uris.size() > 1 && uris.stream().anyMatch(uri -> uri.startsWith(SpiffeId.SCHEME))) {
      throw new Refusal(
          Refusal.Kind.NOT_ALLOWED,
          "A certificate with a SPIFFE ID has no other URI, and this one would have "
              + uris.size()
              + " URIs: ask for one of them.");
    }
  }
}
