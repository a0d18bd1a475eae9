package dev.countersign.pki;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SpiffeIdTest {
  private final SpiffeId orders = new SpiffeId("example.internal", "orders");

  @ParameterizedTest
  @ValueSource(
      strings = {
        "spiffe://example.internal/billing",
        "spiffe://example.internal/countersignd",
        "spiffe://example.internal/Orders",
        "spiffe://example.internal/orders/more",
        "spiffe://example.internal/order",
        "spiffe://example.internal",
        "spiffe://example.internal./orders",
        "spiffe://example.internal./billing",
        "SPIFFE://EXAMPLE.internal/billing"
      })
  void another_in_the_same_trust_domain_contradicts_it(String uri) throws InvalidRequestException {
    assertThat(orders.isContradictedBy(Names.canonical(SubjectName.uri(uri)))).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "spiffe://example.internal/orders",
        "Spiffe://Example.Internal/orders",
        "spiffe://elsewhere.internal/billing",
        "spiffe://more.example.internal/billing",
        "https://example.internal/billing"
      })
  void itself_and_what_is_of_elsewhere_does_not(String uri) throws InvalidRequestException {
    assertThat(orders.isContradictedBy(Names.canonical(SubjectName.uri(uri)))).isFalse();
  }

  @Test
  void names_of_other_kinds_do_not() {
    assertThat(orders.isContradictedBy(SubjectName.dns("example.internal"))).isFalse();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "spiffe://ex%61mple.internal/billing",
        "spiffe://example.internal/b%69lling",
        "spiffe://example.internal/billing/",
        "spiffe://example.internal//billing",
        "spiffe://example.internal/",
        "spiffe://example.internal/orders/../billing",
        "spiffe://example.internal:443/billing",
        "spiffe://orders@example.internal/billing",
        "spiffe://example.internal/billing?orders",
        "spiffe://example.internal/billing#orders",
        "spiffe:example.internal/billing",
        "spiffe:/example.internal/billing",
        "spiffe:///billing"
      })
  void other_spellings_are_no_names_at_all(String uri) {
    assertThat(
            org.assertj.core.api.Assertions.catchThrowable(
                () -> Names.canonical(SubjectName.uri(uri))))
        .isInstanceOf(InvalidRequestException.class);
  }
}
