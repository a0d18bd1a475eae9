package dev.countersign.pki;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonMappingException;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class JsonTest {
  record Inner(int number, Optional<Instant> until) {}

  record Outer(
      String text,
      Instant at,
      Optional<String> maybe,
      Optional<List<Inner>> inners,
      List<Inner> list,
      boolean flag) {}

  @SuppressWarnings("ArrayRecordComponent")
  record Words(
      KeyAlgorithm algorithm,
      RevocationReason reason,
      SerialNumber serial,
      Pin pin,
      URI uri,
      Duration life,
      byte[] bytes) {}

  private static final String FULL =
      "{'text':'a','at':'2026-11-24T08:00:00Z','maybe':'b','inners':[{'number':1,'until':'2026-11-24T08:00:00.5Z'}],'list':[{'number':2}],'flag':true}";

  private static String json(String text) {
    return text.replace('\'', '"');
  }

  private static Outer read(String text) throws JsonProcessingException {
    return Json.MAPPER.readValue(json(text), Outer.class);
  }

  @Test
  void a_record_goes_there_and_back() throws Exception {
    Outer outer =
        new Outer(
            "a",
            Instant.parse("2026-11-24T08:00:00Z"),
            Optional.of("b"),
            Optional.of(
                List.of(new Inner(1, Optional.of(Instant.parse("2026-11-24T08:00:00.500Z"))))),
            List.of(new Inner(2, Optional.empty())),
            true);
    assertThat(read(FULL)).isEqualTo(outer);
    assertThat(read(Json.MAPPER.writeValueAsString(outer))).isEqualTo(outer);
  }

  @Test
  void what_is_empty_is_left_out_and_reads_as_empty() throws Exception {
    Outer outer =
        new Outer("a", Instant.EPOCH, Optional.empty(), Optional.empty(), List.of(), false);
    String text = Json.MAPPER.writeValueAsString(outer);
    assertThat(text)
        .isEqualTo(json("{'text':'a','at':'1970-01-01T00:00:00Z','list':[],'flag':false}"));
    assertThat(read(text)).isEqualTo(outer);
    assertThat(
            read(
                "{'text':'a','at':'1970-01-01T01:00:00+01:00','maybe':null,'list':[],'flag':false}"))
        .isEqualTo(outer);
  }

  @Test
  void our_own_words_are_strings() throws Exception {
    Words words =
        new Words(
            KeyAlgorithm.RSA_3072,
            RevocationReason.CA_COMPROMISE,
            SerialNumber.parse("0a"),
            Pin.of(new byte[0]),
            URI.create("https://ca.example"),
            Duration.ofHours(1),
            new byte[] {-1, -2, -3, -4});
    String text = Json.MAPPER.writeValueAsString(words);
    assertThat(text)
        .isEqualTo(
            json(
                "{'algorithm':'RSA-3072','reason':'cACompromise','serial':'000000000000000000000000000000000000000a',"
                    + "'pin':'sha256:47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU','uri':'https://ca.example','life':'PT1H','bytes':'__79_A'}"));
    Words back = Json.MAPPER.readValue(text, Words.class);
    assertThat(Json.MAPPER.writeValueAsString(back)).isEqualTo(text);
  }

  @ParameterizedTest(name = "{0} at {1}")
  @CsvSource(
      delimiter = '|',
      value = {
        "{'text':'a','at':'2026-11-24T08:00:00Z','list':[],'flag':true,'more':1} | /more",
        "{'text':1,'at':'2026-11-24T08:00:00Z','list':[],'flag':true} | /text",
        "{'text':true,'at':'2026-11-24T08:00:00Z','list':[],'flag':true} | /text",
        "{'text':null,'at':'2026-11-24T08:00:00Z','list':[],'flag':true} | /text",
        "{'at':'2026-11-24T08:00:00Z','list':[],'flag':true} | /text",
        "{'text':'a','at':1764000000,'list':[],'flag':true} | /at",
        "{'text':'a','at':'yesterday','list':[],'flag':true} | /at",
        "{'text':'a','at':'2026-11-24T08:00:00','list':[],'flag':true} | /at",
        "{'text':'a','at':'','list':[],'flag':true} | /at",
        "{'text':'a','at':'2026-11-24T08:00:00Z','list':{},'flag':true} | /list",
        "{'text':'a','at':'2026-11-24T08:00:00Z','list':'','flag':true} | /list",
        "{'text':'a','at':'2026-11-24T08:00:00Z','list':[{'number':1},{'number':'2'}],'flag':true} | /list/1/number",
        "{'text':'a','at':'2026-11-24T08:00:00Z','list':[{'number':1.5}],'flag':true} | /list/0/number",
        "{'text':'a','at':'2026-11-24T08:00:00Z','list':[{'number':1.0}],'flag':true} | /list/0/number",
        "{'text':'a','at':'2026-11-24T08:00:00Z','list':[{'number':99999999999}],'flag':true} | /list/0/number",
        "{'text':'a','at':'2026-11-24T08:00:00Z','list':[{'number':1,'x':2}],'flag':true} | /list/0/x",
        "{'text':'a','at':'2026-11-24T08:00:00Z','list':[],'flag':'true'} | /flag",
        "{'text':'a','at':'2026-11-24T08:00:00Z','list':[],'flag':1} | /flag",
        "{'text':'a','at':'2026-11-24T08:00:00Z','maybe':7,'list':[],'flag':true} | /maybe",
        "{'text':'a','at':'2026-11-24T08:00:00Z','list':[]} | /flag"
      })
  void refuses(String text, String pointer) {
    JsonMappingException refused =
        catchThrowableOfType(JsonMappingException.class, () -> read(text));
    assertThat(refused).as("%s must be refused", text).isNotNull();
    assertThat(Json.pointer(refused)).isEqualTo(pointer);
  }

  @Test
  void refuses_repeated_members_and_trailing_text() {
    assertThatThrownBy(() -> read(FULL.replace("{'text':'a'", "{'text':'a','text':'a'")))
        .isInstanceOf(JsonProcessingException.class);
    assertThatThrownBy(() -> read(FULL + "{}")).isInstanceOf(JsonProcessingException.class);
    assertThatThrownBy(() -> read(FULL + "x")).isInstanceOf(JsonProcessingException.class);
    assertThatThrownBy(() -> Json.MAPPER.readTree(json("{'a':1,'a':2}")))
        .isInstanceOf(JsonProcessingException.class);
    assertThatThrownBy(() -> Json.MAPPER.readTree("[".repeat(100) + "]".repeat(100)))
        .isInstanceOf(JsonProcessingException.class);
  }

  @Test
  void a_pointer_is_escaped() {
    JsonMappingException refused =
        catchThrowableOfType(
            JsonMappingException.class,
            () ->
                Json.MAPPER.readValue(
                    json("{'a/b~c':'x'}"),
                    Json.MAPPER
                        .getTypeFactory()
                        .constructMapType(Map.class, String.class, Integer.class)));
    assertThat(Json.pointer(refused)).isEqualTo("/a~1b~0c");
  }
}
