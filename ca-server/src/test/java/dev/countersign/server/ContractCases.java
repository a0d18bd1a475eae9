package dev.countersign.server;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.extension.ExtendWith;

/** A part of {@link ContractTest}. */
@ExtendWith(World.Shared.class)
abstract class ContractCases {

  @AfterAll
  static void done(TestInfo info) {
    ContractTest.done(info.getTestClass().orElseThrow());
  }

  static void refused(TestClient.Answer answer, int status, String problem) {
    assertThat(answer.toString()).startsWith(Integer.toString(status));
    assertThat(answer.problem()).isEqualTo(problem);
    assertThat(answer.header("Content-Type")).isEqualTo("application/problem+json");
    assertThat(answer.json().path("detail").asText())
        .isNotBlank()
        // Whoever asked with a command must know what to do as well
        .doesNotContainPattern("(GET|POST|PATCH|DELETE|see) /v1")
        // The parser's words are for us
        .doesNotContainPattern("oercion|REDACTED|Cannot (coerce|construct|deserialize)");
    assertThat(answer.json().path("requestId").asText()).isEqualTo(answer.header("X-Request-Id"));
  }

  static void ok(TestClient.Answer answer, int status) {
    assertThat(answer.toString()).startsWith(Integer.toString(status));
  }

  static String json(String text) {
    return text.replace('\'', '"');
  }
}
