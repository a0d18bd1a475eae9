package dev.countersign.server.http;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.countersign.pki.FlattenedJws;
import dev.countersign.server.refusal.Refusal;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A body that cannot be read is complained about in words for who wrote it. */
class JsonBodyTest {
  record Inner(Optional<List<String>> dns) {}

  record Body(
      String name,
      Optional<Integer> uses,
      Optional<Boolean> open,
      Optional<Instant> since,
      Optional<Duration> ttl,
      Optional<Inner> names) {}

  private static Refusal refusal(String json, Class<?> type) {
    Refusal refusal =
        catchThrowableOfType(
            Refusal.class, () -> JsonBody.parse(json.replace('\'', '"').getBytes(UTF_8), type));
    assertThat(refusal.detail())
        .as(json)
        .endsWith(".")
        .doesNotContain("oerc", "Source", "REDACTED", "Cannot", "construct", "java", "Jackson")
        .doesNotContain("secret");
    return refusal;
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      value = {
        "{'name':5} | /name | Expected is a string, not a number.",
        "{'name':true} | /name | Expected is a string, not true or false.",
        "{'name':['secret']} | /name | Expected is a string, not an array.",
        "{'name':'x','uses':'secret'} | /uses | Expected is a whole number, not this string.",
        "{'name':'x','uses':1.5} | /uses | Expected is a whole number, not a number with a"
            + " fraction.",
        "{'name':'x','open':'secret'} | /open | Expected is true or false, not this string.",
        "{'name':'x','since':'secret'} | /since | Expected is a time such as"
            + " ¨2026-11-24T05:00:00Z¨, not this string.",
        "{'name':'x','ttl':5} | /ttl | Expected is a duration such as ¨PT1H¨, not a number.",
        "{'name':'x','ttl':''} | /ttl | Expected is a duration such as ¨PT1H¨, not an empty"
            + " string.",
        "{'name':'x','names':[]} | /names | Expected is an object, not an array.",
        "{'name':'x','names':{'dns':'secret'}} | /names/dns | Expected is an array, not this"
            + " string.",
        "{'name':'x','names':{'dns':['a',7]}} | /names/dns/1 | Expected is a string, not a number.",
        "{} | /name | This member is required.",
      })
  void a_value_of_another_type_is_told_with_the_type_that_is_expected(
      String json, String pointer, String detail) {
    Refusal refusal = refusal(json, Body.class);
    assertThat(refusal.pointer()).as(json).contains(pointer);
    assertThat(refusal.detail()).as(json).isEqualTo(detail.replace('¨', '"'));
  }

  @Test
  void what_is_no_json_is_told_with_its_place() {
    assertThat(refusal("{", Body.class).detail())
        .isEqualTo(
            "The JSON ends in its middle: send the whole of it. It was found at line 1, column 2.");
    assertThat(refusal("{\n'name': secret}", Body.class).detail())
        .startsWith("This is not JSON: send one object, in UTF-8")
        .contains("line 2, column ");
    Refusal twice = refusal("{'name':'x',\n'name':'secret'}", Body.class);
    assertThat(twice.detail())
        .startsWith("This member is there twice: send it once.")
        .contains("line 2");
    assertThat(twice.pointer()).contains("/name");
    assertThat(refusal("[".repeat(40), Body.class).detail()).contains("32 deep");
    assertThat(refusal("{} {}", Body.class).detail()).contains("one object alone");
  }

  @Test
  void a_signed_request_says_which_part_of_it_is_odd() {
    assertThat(
            refusal("{'protected':'!!','payload':'','signature':''}", FlattenedJws.class).detail())
        .isEqualTo("'protected' of the JWS is not base64url, or too long.");
    assertThat(refusal("{'protected':1,'payload':'','signature':''}", FlattenedJws.class).pointer())
        .contains("/protected");
  }
}
