package dev.countersign.server.policy.rules;

import static dev.countersign.server.policy.Asked.granted;
import static dev.countersign.server.policy.Asked.refused;

import dev.countersign.server.policy.Asked;
import dev.countersign.server.policy.Entitlement.Standing;
import dev.countersign.server.refusal.Refusal.Kind;
import org.junit.jupiter.api.Test;

class OcspIsForTheServerTest {
  private final OcspIsForTheServer rule = new OcspIsForTheServer();
  private final Asked asked = new Asked();

  @Test
  void nobody_asks_for_a_responders_certificate() {
    granted(rule, asked);
    asked.profile = "ocsp";
    refused(rule, asked, Kind.NOT_ALLOWED, "ocsp");
    asked.standing = Standing.OPERATOR;
    refused(rule, asked, Kind.NOT_ALLOWED, "ocsp");
    asked.standing = Standing.SELF;
    granted(rule, asked);
  }
}
