package dev.countersign.server.policy.rules;

import static dev.countersign.server.policy.Asked.granted;
import static dev.countersign.server.policy.Asked.refused;

import dev.countersign.pki.Oids;
import dev.countersign.server.policy.Asked;
import dev.countersign.server.refusal.Refusal.Kind;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;

class AsksForNoCaTest {
  private final AsksForNoCa rule = new AsksForNoCa();
  private final Asked asked = new Asked();

  @Test
  void a_request_for_a_CA_is_refused() {
    granted(rule, asked);
    granted(rule, new Asked().extension(Oids.BASIC_CONSTRAINTS, true, hex("3000")));
    refused(
        rule,
        asked.extension(Oids.BASIC_CONSTRAINTS, true, hex("30030101ff")),
        Kind.NOT_ALLOWED,
        "CA:TRUE");
  }

  private static byte[] hex(String digits) {
    return HexFormat.of().parseHex(digits);
  }
}
