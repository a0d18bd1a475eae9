package dev.countersign.server.policy.rules;

import static dev.countersign.server.policy.Asked.granted;
import static dev.countersign.server.policy.Asked.names;
import static dev.countersign.server.policy.Asked.refused;

import dev.countersign.pki.InvalidRequestException;
import dev.countersign.pki.Names;
import dev.countersign.server.policy.Asked;
import dev.countersign.server.refusal.Refusal.Kind;
import org.junit.jupiter.api.Test;

class NamesAreIdentitysTest {
  private final NamesAreIdentitys rule = new NamesAreIdentitys();
  private final Asked asked = new Asked();

  @Test
  void only_the_identitys_own_names_are_granted() {
    granted(rule, asked);
    asked.wanted = names("billing.example.internal");
    refused(rule, asked, Kind.NOT_ALLOWED, "dns:billing.example.internal", "orders");
    asked.wanted = names("www.orders.example.internal");
    refused(rule, asked, Kind.NOT_ALLOWED, "dns:www.orders.example.internal");
  }

  @Test
  void a_wildcard_is_granted_only_as_that_very_wildcard() {
    asked.wanted = names("*.example.internal");
    refused(rule, asked, Kind.NOT_ALLOWED, "dns:*.example.internal");
    asked.owned = names("*.example.internal");
    granted(rule, asked);
    asked.wanted = names("orders.example.internal");
    refused(rule, asked, Kind.NOT_ALLOWED, "dns:orders.example.internal");
  }

  @Test
  void the_SPIFFE_ID_is_the_profiles_and_only_its_own() throws InvalidRequestException {
    asked.wanted = Names.builder().uri("spiffe://example.internal/orders").build();
    granted(rule, asked);
    asked.wanted = Names.builder().uri("spiffe://example.internal/billing").build();
    refused(rule, asked, Kind.NOT_ALLOWED, "uri:spiffe://example.internal/billing");
    asked.profile = "operator";
    asked.wanted = Names.builder().uri("spiffe://example.internal/orders").build();
    refused(rule, asked, Kind.NOT_ALLOWED, "uri:spiffe://example.internal/orders");
  }
}
