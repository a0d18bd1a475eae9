package dev.countersign.server.policy.rules;

import static dev.countersign.server.policy.Asked.granted;
import static dev.countersign.server.policy.Asked.refused;

import dev.countersign.pki.InvalidRequestException;
import dev.countersign.pki.Names;
import dev.countersign.server.policy.Asked;
import dev.countersign.server.policy.Entitlement.Standing;
import dev.countersign.server.refusal.Refusal.Kind;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TheAuthoritysIdIsItsOwnTest {
  private final TheAuthoritysIdIsItsOwn rule = new TheAuthoritysIdIsItsOwn();
  private final Asked asked = new Asked();

  @ParameterizedTest
  @ValueSource(
      strings = {"spiffe://example.internal/countersignd", "spiffe://elsewhere/countersignd"})
  void nobody_else_is_certified_as_the_authority(String id) throws InvalidRequestException {
    asked.owned = Names.builder().dns("localhost").uri(id).build();
    asked.wanted = asked.owned;
    refused(rule, asked, Kind.NOT_ALLOWED, "uri:" + id, "orders");
    asked.standing = Standing.OPERATOR;
    refused(rule, asked, Kind.NOT_ALLOWED, "uri:" + id);
    asked.standing = Standing.SELF;
    granted(rule, asked);
  }

  @Test
  void other_names_are_not_this_rules_business() throws InvalidRequestException {
    asked.owned =
        Names.builder()
            .uri("spiffe://example.internal/countersignd/orders")
            .uri("https://example.internal/countersignd")
            .build();
    asked.wanted = asked.owned;
    granted(rule, asked);
  }
}
