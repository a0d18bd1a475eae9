package dev.countersign.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.countersign.pki.EnrollmentString;
import dev.countersign.pki.testing.BadCsrs;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every bad request there is, sent by who is properly admitted. */
@ExtendWith(World.Shared.class)
class BadCsrTest {

  static java.util.List<BadCsrs.Sample> samples() {
    return BadCsrs.all();
  }

  @ParameterizedTest
  @MethodSource("samples")
  void is_refused_with_its_reason_and_uses_nothing_up(BadCsrs.Sample sample, World world) {
    EnrollmentString string = string(world);
    TestClient client = world.anonymous();
    byte[] payload = Credential.Wish.payload(sample.der());
    byte[] jws = Credential.wish(string).jws(client.url("/v1/enroll"), payload, Duration.ZERO);
    TestClient.Answer answer = client.post("/v1/enroll", TestClient.JOSE, jws);
    if (jws.length > 64 * 1024) {
      ContractCases.refused(answer, 413, "body-too-large");
      return;
    }
    switch (sample.fault()) {
      case MALFORMED -> ContractCases.refused(answer, 400, "malformed");
      case BAD_POSSESSION -> ContractCases.refused(answer, 400, "bad-possession");
      case BAD_PUBLIC_KEY -> ContractCases.refused(answer, 400, "bad-public-key");
      case BAD_NAME -> ContractCases.refused(answer, 403, "not-allowed");
    }
    assertThat(answer.json().path("detail").asText()).endsWith(".");
  }

  @Test
  void the_string_that_all_of_them_tried_still_enrols(World world) {
    world.server.enrolled(string(world));
  }

  private static EnrollmentString string(World world) {
    return Shared.string(world);
  }

  /** One string for all, because none of them may use it up. */
  private static final class Shared {
    private static @Nullable EnrollmentString made;

    static synchronized EnrollmentString string(World world) {
      EnrollmentString string = made;
      if (string == null) {
        string = world.server.string(World.identityOf(world.fresh("tried")));
        made = string;
      }
      return string;
    }
  }
}
