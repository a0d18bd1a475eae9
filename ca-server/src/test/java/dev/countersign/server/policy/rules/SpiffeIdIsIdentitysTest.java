package dev.countersign.server.policy.rules;

import static dev.countersign.server.policy.Asked.granted;
import static dev.countersign.server.policy.Asked.refused;

import dev.countersign.pki.InvalidRequestException;
import dev.countersign.pki.Names;
import dev.countersign.server.policy.Asked;
import dev.countersign.server.refusal.Refusal.Kind;
import org.junit.jupiter.api.Test;

class SpiffeIdIsIdentitysTest {
  private final SpiffeIdIsIdentitys rule = new SpiffeIdIsIdentitys();
  private final Asked asked = new Asked();

  @Test
  void no_certificate_says_that_it_is_another_identity() throws InvalidRequestException {
    for (String profile : new String[] {"peer", "client", "operator"}) {
      asked.profile = profile;
      asked.owned = Names.builder().uri("SPIFFE://Example.internal/billing").build();
      asked.wanted = asked.owned; // an operator gave it the name
      refused(rule, asked, Kind.NOT_ALLOWED, "uri:spiffe://example.internal/billing", "orders");
    }
  }

  @Test
  void its_own_and_those_of_other_trust_domains_are_granted() throws InvalidRequestException {
    asked.wanted = Names.builder().uri("spiffe://example.internal/orders").build();
    granted(rule, asked);
    asked.wanted = Names.builder().uri("spiffe://elsewhere/billing").build();
    granted(rule, asked);
  }
}
