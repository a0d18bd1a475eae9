package dev.countersign.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.countersign.pki.Certificate;
import dev.countersign.pki.Json;
import dev.countersign.pki.Pem;
import dev.countersign.server.authority.Authority;
import dev.countersign.server.crl.PublishedCrl;
import dev.countersign.server.issuance.IssuedJson.DenialsJson;
import dev.countersign.server.testing.TestAuthority;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AnswerCompanionsTest {
  @TempDir static Path home;
  private static TestAuthority ca;

  @BeforeAll
  static void hold_the_ceremony() {
    ca = TestAuthority.create(home);
    ca.crls.publishDue();
  }

  @AfterAll
  static void close() {
    ca.close();
  }

  private static PublishedCrl list(String authority) {
    return ca.crls.current(authority).orElseThrow();
  }

  private static String pem(String authority) {
    return Pem.encode("X509 CRL", list(authority).der());
  }

  private static List<Certificate> issuers() {
    return ca.hierarchy.all().stream()
        .filter(authority -> authority.kind() == Authority.Kind.ISSUING)
        .map(Authority::certificate)
        .toList();
  }

  private static AnswerCompanions companions(long largest) {
    return new AnswerCompanions(ca.hierarchy, ca.crls, TestAuthority.URLS, (int) largest);
  }

  private static DenialsJson denials(AnswerCompanions companions) {
    try {
      String json = companions.of(issuers()).denials().toString();
      return Json.read(json.getBytes(StandardCharsets.UTF_8), DenialsJson.class);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static DenialsJson denials(long largest) {
    return denials(companions(largest));
  }

  @Test
  void the_lists_of_a_chain_come_along_up_to_the_size_that_is_allowed() {
    long larger =
        Stream.of("issuing-1", "root-1").mapToLong(name -> list(name).length()).max().orElseThrow();
    DenialsJson all = denials(larger);
    assertThat(all.crls()).isEqualTo(pem("issuing-1") + pem("root-1"));
    assertThat(all.elsewhere()).isEmpty();
    assertThat(denials(larger - 1).elsewhere()).isNotEmpty();
  }

  @Test
  void of_a_larger_list_the_address_comes_along() {
    DenialsJson none = denials(0);
    assertThat(none.crls()).isEmpty();
    assertThat(none.elsewhere())
        .containsExactly(TestAuthority.URLS.crl("issuing-1"), TestAuthority.URLS.crl("root-1"));
  }

  @Test
  void a_newer_list_comes_along_and_until_there_is_one_nothing_is_written_anew() {
    AnswerCompanions companions = companions(1 << 20);
    assertThat(companions.of(issuers())).isSameAs(companions.of(issuers()));
    assertThat(denials(companions).crls()).isEqualTo(pem("issuing-1") + pem("root-1"));
    PublishedCrl before = list("issuing-1");
    ca.crls.publishNow("issuing-1");
    assertThat(denials(companions).crls()).isEqualTo(pem("issuing-1") + pem("root-1"));
    assertThat(list("issuing-1").number()).isGreaterThan(before.number());
  }
}
