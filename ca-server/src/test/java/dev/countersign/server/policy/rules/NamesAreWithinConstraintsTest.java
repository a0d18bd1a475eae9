package dev.countersign.server.policy.rules;

import static dev.countersign.server.policy.Asked.granted;
import static dev.countersign.server.policy.Asked.names;
import static dev.countersign.server.policy.Asked.refused;

import dev.countersign.pki.InvalidRequestException;
import dev.countersign.pki.Names;
import dev.countersign.server.policy.Asked;
import dev.countersign.server.refusal.Refusal.Kind;
import dev.countersign.server.testing.TestAuthority;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NamesAreWithinConstraintsTest {
  private final NamesAreWithinConstraints rule = new NamesAreWithinConstraints();
  private final Asked asked = new Asked();

  @TempDir Path home;

  @Test
  void what_the_issuing_CA_may_not_certify_is_refused_by_name() throws InvalidRequestException {
    granted(rule, asked);
    try (TestAuthority ca = TestAuthority.create(home, "dns:example.internal", "ip:10.0.0.0/8")) {
      asked.hierarchy = ca.hierarchy;
      granted(rule, asked);
      asked.wanted = names("orders.example.com");
      refused(rule, asked, Kind.NOT_ALLOWED, "dns:orders.example.com", "dns:example.internal");
      asked.wanted = Names.builder().ip("192.168.0.1").build();
      refused(rule, asked, Kind.NOT_ALLOWED, "ip:192.168.0.1", "ip:10.0.0.0/8");
      asked.wanted = Names.builder().email("a@example.com").build();
      granted(rule, asked);
    }
  }
}
