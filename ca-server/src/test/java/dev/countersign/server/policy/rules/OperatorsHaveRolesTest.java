package dev.countersign.server.policy.rules;

import static dev.countersign.server.policy.Asked.granted;
import static dev.countersign.server.policy.Asked.refused;

import dev.countersign.server.policy.Asked;
import dev.countersign.server.policy.Entitlement.Standing;
import dev.countersign.server.refusal.Refusal.Kind;
import org.junit.jupiter.api.Test;

class OperatorsHaveRolesTest {
  private final OperatorsHaveRoles rule = new OperatorsHaveRoles();
  private final Asked asked = new Asked();

  @Test
  void an_operators_certificate_needs_a_role() {
    granted(rule, asked);
    asked.profile = "operator";
    refused(rule, asked, Kind.NOT_ALLOWED, "operator", "orders");
    asked.standing = Standing.OPERATOR;
    granted(rule, asked);
  }
}
