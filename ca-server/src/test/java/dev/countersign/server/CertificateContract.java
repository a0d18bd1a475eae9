package dev.countersign.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.countersign.pki.Certificate;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** {@code GET /v1/certificates} and below. */
abstract class CertificateContract extends ContractCases {

  @Test
  void one_with_where_it_came_from(World world) {
    TestClient.Answer answer = world.asAuditor().get("/v1/certificates/" + world.service.serial());
    ok(answer, 200);
    assertThat(answer.json().path("identity").asText()).isEqualTo("orders");
    assertThat(answer.json().path("status").asText()).isEqualTo("active");
    assertThat(answer.json().at("/proof/kind").asText()).isEqualTo("enrollment");
    assertThat(answer.json().path("remoteAddress").asText()).isEqualTo("127.0.0.1");
    assertThat(answer.json().path("lineage")).hasSize(1);
    TestClient.Answer upper =
        world
            .asAuditor()
            .get("/v1/certificates/" + world.service.serial().toUpperCase(java.util.Locale.ROOT));
    assertThat(upper.json()).isEqualTo(answer.json());
  }

  @Test
  void one_with_its_chain_as_pem(World world) {
    TestClient.Answer pem =
        world.asOperator().get("/v1/certificates/" + world.service.serial() + ".pem");
    assertThat(Certificate.parsePem(pem.text())).isEqualTo(world.service.chain());
  }

  @Test
  void unknown_and_unreadable_serials(World world) {
    TestClient client = world.asAuditor();
    for (String suffix : new String[] {"", ".pem"}) {
      refused(client.get("/v1/certificates/0abc" + suffix), 404, "not-found");
      refused(client.get("/v1/certificates/xyz" + suffix), 400, "malformed");
      refused(client.get("/v1/certificates/" + "0".repeat(41) + suffix), 400, "malformed");
    }
  }

  @Test
  void searched_by_each_of_its_properties(World world) {
    TestClient client = world.asAuditor();
    TestClient.Answer row = client.get("/v1/certificates/" + world.service.serial());
    String keyHash = row.json().path("keyHash").asText();
    for (String query :
        new String[] {
          "identity=orders",
          "san=ORDERS.internal",
          "serial=" + world.service.serial(),
          "keyHash=" + keyHash,
          "profile=peer&issuer=issuing-1&status=active",
          "expiresBefore=2999-01-01T00:00:00Z&expiresAfter=2020-01-01T00:00:00Z&identity=orders"
        }) {
      TestClient.Answer page = client.get("/v1/certificates?limit=1000&" + query);
      ok(page, 200);
      assertThat(page.json().path("items").findValuesAsText("serial"))
          .as(query)
          .contains(world.service.serial());
    }
    assertThat(client.get("/v1/certificates?identity=nobody").json().path("items")).isEmpty();
  }

  @Test
  void page_by_page_and_as_csv(World world) {
    TestClient client = world.asOperator();
    Set<String> seen = new HashSet<>();
    String next = "";
    do {
      TestClient.Answer page =
          client.get("/v1/certificates?limit=2" + (next.isEmpty() ? "" : "&cursor=" + next));
      assertThat(seen.addAll(page.json().path("items").findValuesAsText("serial"))).isTrue();
      next = page.json().path("next").asText("");
    } while (!next.isEmpty());
    assertThat(seen).contains(world.service.serial(), world.admin.serial());
    TestClient.Answer csv = client.get("/v1/certificates?identity=orders", "Accept", "text/csv");
    assertThat(csv.text()).startsWith("serial,identity,").contains(world.service.serial());
  }

  @Test
  void a_search_that_cannot_be_meant_is_refused(World world) {
    for (String query :
        new String[] {
          "limit=0",
          "limit=1001",
          "limit=x",
          "status=good",
          "keyHash=ab",
          "serial=x",
          "expiresBefore=tomorrow",
          "cursor=AAAA",
          "identitty=orders",
          "identity=a&identity=b",
          "identity="
        }) {
      refused(world.asAuditor().get("/v1/certificates?" + query), 400, "malformed");
    }
  }
}
