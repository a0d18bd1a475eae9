package dev.countersign.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.countersign.server.refusal.Refusal;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * The server and {@code openapi.yaml} say the same, in both directions. Each answer in any of these
 * tests is checked against the file by {@link TestClient}; at the end every answer that the file
 * promises must have been seen.
 */
@ExtendWith(World.Shared.class)
class ContractTest {
  // Of the page that shows the contract
  private static final Set<String> PAGE =
      Set.of(
          "GET /",
          "GET /assets/contract.js",
          "GET /assets/swagger-ui.css",
          "GET /assets/swagger-ui-bundle.js");

  // RFC 6960, RFC 5019 and RFC 5280 4.2.2.1 say what these are
  private static final Set<String> OF_STANDARDS =
      Set.of("POST /ocsp/{issuer}", "GET /ocsp/{issuer}/<request>", "GET /ca/{issuer}.crt");

  private static final Set<String> DONE = new ConcurrentSkipListSet<>();

  @Test
  void every_route_is_in_the_contract_and_the_reverse(World world) {
    Set<String> routes = new TreeSet<>();
    Server server = world.server.server();
    Stream.of(server.httpsRoutes(), server.httpRoutes())
        .flatMap(List::stream)
        .forEach(route -> routes.add(route.method() + " " + route.path()));
    routes.removeAll(PAGE);
    routes.removeAll(OF_STANDARDS);
    assertThat(routes).isEqualTo(Contract.instance().operations());
  }

  @Test
  void every_type_of_a_problem_is_in_the_contract() {
    for (Refusal.Kind kind : Refusal.Kind.values()) {
      assertThat(Contract.text()).contains("`" + kind.slug() + "`");
    }
  }

  @Test
  void the_contract_and_a_page_to_read_it_are_served(World world) {
    TestClient client = world.anonymous();
    assertThat(client.get("/openapi.yaml").text()).isEqualTo(Contract.text());
    TestClient.Answer page = client.get("/");
    assertThat(page.status()).isEqualTo(200);
    assertThat(page.header("Content-Security-Policy")).contains("default-src 'none'");
    for (String asset : PAGE) {
      assertThat(client.get(asset.substring("GET ".length())).status()).as(asset).isEqualTo(200);
    }
  }

  @Nested
  class Trusting extends TrustContract {}

  @Nested
  class Denying extends DenialsContract {}

  @Nested
  class CheckingIn extends CheckinContract {}

  @Nested
  class Enrolling extends EnrollContract {}

  @Nested
  class Renewing extends RenewContract {}

  @Nested
  class Planning extends RenewalInfoContract {}

  @Nested
  class Issuing extends IssueContract {}

  @Nested
  class Searching extends CertificateContract {}

  @Nested
  class Revoking extends RevokeContract {}

  @Nested
  class Identifying extends IdentityContract {}

  @Nested
  class Inviting extends EnrollmentContract {}

  @Nested
  class Reading extends ReadContract {}

  @Nested
  class Refusing extends RefusalContract {}

  @Nested
  class Listing extends ListContract {}

  @Nested
  class Failing extends UnavailableContract {}

  static void done(Class<?> part) {
    DONE.add(part.getSimpleName());
  }

  @AfterAll
  static void every_answer_that_the_contract_promises_was_seen() {
    long parts =
        java.util.Arrays.stream(ContractTest.class.getDeclaredClasses())
            .filter(part -> part.isAnnotationPresent(Nested.class))
            .count();
    if (DONE.size() == parts) { // not when a part is run alone
      assertThat(Contract.instance().notExercised()).isEmpty();
    }
  }
}
