package dev.countersign.pki;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.countersign.pki.InvalidRequestException.Fault;
import java.util.List;
import java.util.stream.IntStream;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NamesTest {

  @ParameterizedTest
  @CsvSource({
    "DNS, orders, orders",
    "DNS, Orders.EXAMPLE, orders.example",
    "DNS, *.Orders.example, *.orders.example",
    "DNS, bücher.example, xn--bcher-kva.example",
    "DNS, BÜCHER.example, xn--bcher-kva.example",
    "DNS, XN--bcher-KVA.example, xn--bcher-kva.example",
    "DNS, xn--strae-oqa.example, xn--strae-oqa.example",
    "DNS, xn--wgv71a119e.example, xn--wgv71a119e.example",
    "DNS, 1a.2b, 1a.2b",
    "IP, 10.0.0.1, 10.0.0.1",
    "IP, 2001:DB8:0:0:0:0:0:1, 2001:db8::1",
    "IP, 2001:db8:0:1:1:1:1:1, 2001:db8:0:1:1:1:1:1",
    "IP, 2001:0:0:1:0:0:0:1, 2001:0:0:1::1",
    "IP, 2001:db8:0:0:1:0:0:1, 2001:db8::1:0:0:1",
    "IP, ::, ::",
    "IP, ::1, ::1",
    "IP, fe80::, fe80::",
    "IP, 64:ff9b::10.0.0.1, 64:ff9b::a00:1",
    "URI, SPIFFE://Example.org/Orders, spiffe://example.org/Orders",
    "URI, spiffe://example, spiffe://example",
    "URI, HTTPS://Bücher, !",
    "URI, https://Host.Example:8443/a?b=c, https://host.example:8443/a?b=c",
    "URI, 'https://[2001:DB8::0:1]/', 'https://[2001:db8::1]/'",
    "URI, URN:uuid:f81d4fae-7dec-11d0-a765-00a0c91e6bf6, urn:uuid:f81d4fae-7dec-11d0-a765-00a0c91e6bf6",
    "EMAIL, Ops@Example.ORG, Ops@example.org",
    "EMAIL, a.b+c@bücher.example, a.b+c@xn--bcher-kva.example",
    "DNS, '', !",
    "DNS, '*', !",
    "DNS, '*.', !",
    "DNS, a.*.b, !",
    "DNS, *.*.b, !",
    "DNS, a*.b, !",
    "DNS, .a, !",
    "DNS, a..b, !",
    "DNS, a., !",
    "DNS, -a.b, !",
    "DNS, a-.b, !",
    "DNS, a_b, !",
    "DNS, a b, !",
    "DNS, 10.0.0.1, !",
    "DNS, a.1, !",
    "DNS, ab--c.d, !",
    "DNS, xn--.d, !",
    "DNS, xn--a.d, !",
    "DNS, xn--ab-.d, !",
    "DNS, straße.example, !",
    "DNS, ﬁ😀\u200d.example, !",
    "IP, 10.0.0, !",
    "IP, 10.0.0.256, !",
    "IP, 010.0.0.1, !",
    "IP, 10.0.0.1.1, !",
    "IP, 0x0a.0.0.1, !",
    "IP, 2001:db8::1::2, !",
    "IP, 2001:db8, !",
    "IP, ':1:2:3:4:5:6:7', !",
    "IP, '1:2:3:4:5:6:7:8:9', !",
    "IP, '1:2:3:4::5:6:7:8', !",
    "IP, fe80::1%eth0, !",
    "IP, ::ffff:10.0.0.1, !",
    "IP, 10.0.0.0/8, !",
    "IP, localhost, !",
    "IP, '', !",
    "URI, orders, !",
    "URI, /orders, !",
    "URI, //host/orders, !",
    "URI, spiffe:orders, !",
    "URI, spiffe:///orders, !",
    "URI, spiffe://td/, !",
    "URI, spiffe://td//a, !",
    "URI, spiffe://td/a/, !",
    "URI, spiffe://td:1/a, !",
    "URI, spiffe://u@td/a, !",
    "URI, spiffe://td/a?b, !",
    "URI, spiffe://td/a#b, !",
    "URI, spiffe://td/a%2fb, !",
    "URI, https://td/../a, !",
    "URI, https://td/%2E%2e/a, !",
    "URI, https://a_b/c, !",
    "URI, https://a/b c, !",
    "URI, https://a/bücher, !",
    "URI, file:///etc/passwd, !",
    "EMAIL, ops, !",
    "EMAIL, @example, !",
    "EMAIL, ops@, !",
    "EMAIL, a b@example, !",
    "EMAIL, '\"a\"@example', !",
    "EMAIL, .a@example, !",
    "EMAIL, é@example, !",
    "EMAIL, a@*.example, !",
    "EMAIL, a@b@example, !"
  })
  void canonical_spelling(NameKind kind, String given, String canonical) throws Exception {
    SubjectName name = new SubjectName(kind, given);
    if (canonical.equals("!")) {
      InvalidRequestException refused =
          catchThrowableOfType(InvalidRequestException.class, () -> Names.of(List.of(name)));
      assertThat(refused).as("%s must be refused", name).isNotNull();
      assertThat(refused.fault()).isEqualTo(Fault.BAD_NAME);
      assertThat(refused.detail()).matches("[\\x20-\\x7e…]+");
      return;
    }
    Names names = Names.of(List.of(name));
    assertThat(names.list()).containsExactly(new SubjectName(kind, canonical));
    assertThat(Names.of(names.list())).as("canonical names stay as they are").isEqualTo(names);
    assertThat(names.contains(name)).isTrue();
    GeneralName general = GeneralNames.getInstance(names.toGeneralNames()).getNames()[0];
    assertThat(dev.countersign.pki.GeneralNames.read(names.toGeneralNames())).isEqualTo(names);
    assertThat(0x80 | general.getTagNo()).isEqualTo(kind.tag());
  }

  @Test
  void two_spellings_are_one_name_and_the_order_stays() throws Exception {
    Names names =
        Names.builder().dns("b.example", "A.example", "B.EXAMPLE").ip("::1", "0::1").build();
    assertThat(names.dns()).containsExactly("b.example", "a.example");
    assertThat(names.ip()).containsExactly("::1");
    assertThat(names).hasToString("dns:b.example, dns:a.example, ip:::1");
  }

  @Test
  void minus_and_plus_are_those_of_sets() throws Exception {
    Names a = Names.builder().dns("a", "b").build();
    Names b = Names.builder().dns("b", "c").build();
    assertThat(a.minus(b).dns()).containsExactly("a");
    assertThat(a.plus(b).dns()).containsExactly("a", "b", "c");
    assertThat(a.minus(a).isEmpty()).isTrue();
  }

  @Test
  void a_hundred_names_are_accepted_and_one_more_is_not() throws Exception {
    List<SubjectName> names =
        IntStream.range(0, 101).mapToObj(i -> SubjectName.dns("h" + i)).toList();
    assertThat(Names.of(names.subList(0, 100)).list()).hasSize(100);
    assertThat(catchThrowableOfType(InvalidRequestException.class, () -> Names.of(names)).fault())
        .isEqualTo(Fault.BAD_NAME);
  }

  @Test
  void a_name_that_is_none_is_not_contained() throws Exception {
    assertThat(Names.builder().dns("a").build().contains(SubjectName.dns("*"))).isFalse();
  }
}
