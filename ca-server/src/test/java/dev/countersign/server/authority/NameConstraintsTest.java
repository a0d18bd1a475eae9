package dev.countersign.server.authority;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.countersign.pki.MalformedDerException;
import dev.countersign.pki.NameKind;
import dev.countersign.pki.Names;
import dev.countersign.pki.SubjectName;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class NameConstraintsTest {

  @ParameterizedTest
  @CsvSource({
    "dns:example.internal, DNS, example.internal, true",
    "dns:example.internal, DNS, a.b.example.internal, true",
    "dns:example.internal, DNS, *.example.internal, true",
    "dns:example.internal, DNS, badexample.internal, false",
    "dns:example.internal, DNS, *.internal, false",
    "dns:example.internal, DNS, internal, false",
    "dns:example.internal, IP, 10.0.0.1, true",
    "ip:10.0.0.0/8, IP, 10.255.0.1, true",
    "ip:10.0.0.0/8, IP, 11.0.0.1, false",
    "ip:10.0.0.0/8, IP, fd00::1, false",
    "ip:10.128.0.0/9, IP, 10.127.0.1, false",
    "ip:10.1.2.3/32, IP, 10.1.2.3, true",
    "ip:0.0.0.0/0, IP, 8.8.8.8, true",
    "ip:fd00::/8, IP, fdff::1, true",
    "ip:fd00::/8, IP, fe80::1, false",
    "email:example.internal, EMAIL, a@example.internal, true",
    "email:example.internal, EMAIL, a@sub.example.internal, false",
    "email:.example.internal, EMAIL, a@sub.example.internal, true",
    "email:.example.internal, EMAIL, a@example.internal, false",
    "email:a@example.internal, EMAIL, a@example.internal, true",
    "email:a@example.internal, EMAIL, b@example.internal, false",
    "uri:example.internal, URI, https://example.internal:8443/x, true",
    "uri:example.internal, URI, https://a.example.internal/x, false",
    "uri:.example.internal, URI, https://a.example.internal/x, true",
    "uri:.example.internal, URI, https://example.internal/x, false",
    "uri:example.internal, URI, spiffe://example.internal/orders, true",
    "uri:example.internal, URI, spiffe://other/orders, false",
    "uri:example.internal, URI, urn:a:b, false",
    "uri:example.internal, URI, 'https://[fd00::1]/x', false",
  })
  void judges_as_relying_parties_do(String subtree, NameKind kind, String name, boolean permitted)
      throws MalformedDerException {
    NameConstraints constraints = NameConstraints.permitted(List.of(subtree));
    assertThat(constraints.permits(new SubjectName(kind, name))).isEqualTo(permitted);
    NameConstraints again = NameConstraints.parse(constraints.encode());
    assertThat(again.permits(new SubjectName(kind, name))).isEqualTo(permitted);
    assertThat(again.describe()).isEqualTo(subtree);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "example.internal",
        "dns:",
        "dns:*.example.internal",
        "dns:.example.internal",
        "dns:a b",
        "ip:10.0.0.0",
        "ip:10.0.0.0/33",
        "ip:10.0.0.1/8",
        "ip:ten/8",
        "email:a@",
        "uri:https://example.internal",
        "dir:CN=x",
      })
  void refuses_what_is_no_subtree_with_the_text_given(String text) {
    assertThatThrownBy(() -> NameConstraints.permitted(List.of(text)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("'" + text + "'");
  }

  @Test
  void one_of_several_subtrees_of_a_kind_is_enough() {
    NameConstraints constraints =
        NameConstraints.permitted(List.of("dns:a.example", "dns:b.example"));
    assertThat(constraints.permits(SubjectName.dns("x.b.example"))).isTrue();
    assertThat(constraints.permits(SubjectName.dns("x.c.example"))).isFalse();
    assertThat(constraints.describe()).isEqualTo("dns:a.example, dns:b.example");
  }

  @Test
  void a_wildcard_that_could_stand_for_an_excluded_name_is_excluded() throws MalformedDerException {
    // excludedSubtrees [1]: dNSName a.example
    byte[] der = HexFormat.of().parseHex("300fa10d300b8209612e6578616d706c65");
    NameConstraints constraints = NameConstraints.parse(der);
    assertThat(constraints.permits(SubjectName.dns("a.example"))).isFalse();
    assertThat(constraints.permits(SubjectName.dns("*.example"))).isFalse();
    assertThat(constraints.permits(SubjectName.dns("b.example"))).isTrue();
  }

  @Test
  void a_common_name_counts_as_a_DNS_name_when_there_is_none() throws Exception {
    NameConstraints constraints = NameConstraints.permitted(List.of("dns:example.internal"));
    assertThat(constraints.permitsCommonName(Names.none(), "orders")).isFalse();
    assertThat(constraints.permitsCommonName(Names.none(), "db.example.internal")).isTrue();
    Names names = Names.builder().dns("a.example.internal").build();
    assertThat(constraints.permitsCommonName(names, "orders")).isTrue();
    assertThat(NameConstraints.none().permitsCommonName(Names.none(), "orders")).isTrue();
    assertThat(constraints.firstRefused(names)).isEmpty();
    Names outside = Names.builder().dns("a.example.internal", "b.example").build();
    assertThat(constraints.firstRefused(outside)).contains(SubjectName.dns("b.example"));
  }
}
