package dev.countersign.server.policy.rules;

import static dev.countersign.server.policy.Asked.granted;
import static dev.countersign.server.policy.Asked.refused;

import dev.countersign.pki.InvalidRequestException;
import dev.countersign.pki.NameKind;
import dev.countersign.pki.Names;
import dev.countersign.server.policy.Asked;
import dev.countersign.server.refusal.Refusal.Kind;
import org.junit.jupiter.api.Test;

class NameKindsAreInProfileTest {
  private final NameKindsAreInProfile rule = new NameKindsAreInProfile();
  private final Asked asked = new Asked();

  @Test
  void a_profile_carries_its_kinds_of_names() throws InvalidRequestException {
    asked.wanted = Names.builder().dns("a.example").ip("10.0.0.1").email("a@b.example").build();
    granted(rule, asked);
    asked.wanted = Names.builder().uri("https://a.example/").build();
    refused(rule, asked, Kind.NOT_ALLOWED, "uri:https://a.example/", "SPIFFE ID");
    asked.wanted = Names.builder().dns("a.example").build();
    asked.profile = "operator";
    refused(rule, asked, Kind.NOT_ALLOWED, "dns:a.example", "[email]");
    asked.wanted = Names.builder().email("a@b.example").build();
    granted(rule, asked);
    asked.profile = "ocsp";
    refused(rule, asked, Kind.NOT_ALLOWED, "email:a@b.example", NameKind.EMAIL.label());
  }
}
