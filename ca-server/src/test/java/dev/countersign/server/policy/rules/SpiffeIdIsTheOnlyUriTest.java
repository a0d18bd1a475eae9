package dev.countersign.server.policy.rules;

import static dev.countersign.server.policy.Asked.granted;
import static dev.countersign.server.policy.Asked.refused;

import dev.countersign.pki.InvalidRequestException;
import dev.countersign.pki.Names;
import dev.countersign.server.policy.Asked;
import dev.countersign.server.refusal.Refusal.Kind;
import org.junit.jupiter.api.Test;

class SpiffeIdIsTheOnlyUriTest {
  private final SpiffeIdIsTheOnlyUri rule = new SpiffeIdIsTheOnlyUri();
  private final Asked asked = new Asked();

  @Test
  void a_SPIFFE_ID_is_alone() throws InvalidRequestException {
    asked.wanted = Names.builder().dns("a.example").uri("spiffe://example.internal/orders").build();
    granted(rule, asked);
    asked.wanted =
        Names.builder().uri("spiffe://example.internal/orders", "https://a.example/").build();
    refused(rule, asked, Kind.NOT_ALLOWED, "SPIFFE ID");
    asked.wanted = Names.builder().uri("spiffe://one/orders", "spiffe://two/orders").build();
    refused(rule, asked, Kind.NOT_ALLOWED, "SPIFFE ID");
  }

  @Test
  void without_one_there_may_be_many() throws InvalidRequestException {
    asked.wanted = Names.builder().uri("urn:orders", "https://a.example/").build();
    granted(rule, asked);
  }
}
