package dev.countersign.client;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.countersign.client.CredentialInfo.RenewalWindow;
import dev.countersign.pki.SerialNumber;
import dev.countersign.pki.SpiffeId;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * The text of {@code credential.json}. Streams instead of binding: {@code countersign status} reads
 * it, and loading a binder would cost more than everything else it does.
 */
final class CredentialJson {
  static final int VERSION = 1;
  private static final JsonFactory FACTORY = new JsonFactory();

  private CredentialJson() {}

  static byte[] write(CredentialInfo info) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (JsonGenerator json = FACTORY.createGenerator(out).useDefaultPrettyPrinter()) {
      json.writeStartObject();
      json.writeNumberField("version", VERSION);
      json.writeStringField("identity", info.identity());
      json.writeStringField("profile", info.profile());
      json.writeStringField("serial", info.serial().toString());
      json.writeStringField("notBefore", info.notBefore().toString());
      json.writeStringField("notAfter", info.notAfter().toString());
      json.writeArrayFieldStart("authority");
      for (URI url : info.urls()) {
        json.writeString(url.toString());
      }
      json.writeEndArray();
      if (info.authorityId().isPresent()) {
        json.writeStringField("authorityId", info.authorityId().get().toString());
      }
      json.writeNumberField("trustBundle", info.trustBundle());
      json.writeNumberField("denials", info.denials());
      json.writeObjectFieldStart("renewal");
      json.writeStringField("start", info.renewal().start().toString());
      json.writeStringField("end", info.renewal().end().toString());
      json.writeStringField("graceUntil", info.renewal().graceUntil().toString());
      json.writeEndObject();
      if (info.enrollment().isPresent()) {
        json.writeStringField("enrollment", info.enrollment().get());
      }
      if (info.permissions().group().isPresent()) {
        json.writeStringField("group", info.permissions().group().get());
      }
      json.writeStringField("mode", info.permissions().modeText());
      json.writeObjectFieldStart("files");
      for (Map.Entry<String, String> entry : new TreeMap<>(info.digests()).entrySet()) {
        json.writeStringField(entry.getKey(), entry.getValue());
      }
      json.writeEndObject();
      json.writeEndObject();
    } catch (IOException e) {
      throw new UncheckedIOException(e); // memory does not fail
    }
    out.write('\n');
    return out.toByteArray();
  }

  /** Members of later versions are passed over. */
  static CredentialInfo read(byte[] text) throws IOException {
    Map<String, String> plain = new LinkedHashMap<>();
    Map<String, String> digests = new LinkedHashMap<>();
    List<URI> urls = new ArrayList<>();
    try (JsonParser json = FACTORY.createParser(text)) {
      if (json.nextToken() != JsonToken.START_OBJECT) {
        throw new IOException("it is not a JSON object");
      }
      while (json.nextToken() == JsonToken.FIELD_NAME) {
        String name = json.currentName();
        JsonToken value = json.nextToken();
        if (name.equals("authority") && value == JsonToken.START_ARRAY) {
          while (json.nextToken() == JsonToken.VALUE_STRING) {
            urls.add(Endpoints.base(URI.create(json.getText())));
          }
        } else if (name.equals("files") && value == JsonToken.START_OBJECT) {
          flat(json, "", digests);
        } else if (name.equals("renewal") && value == JsonToken.START_OBJECT) {
          flat(json, "renewal.", plain);
        } else if (value != null && value.isScalarValue()) {
          plain.put(name, json.getText());
        } else {
          json.skipChildren();
        }
      }
      return new CredentialInfo(
          need(plain, "identity"),
          need(plain, "profile"),
          SerialNumber.parse(need(plain, "serial")),
          Instant.parse(need(plain, "notBefore")),
          Instant.parse(need(plain, "notAfter")),
          List.copyOf(urls),
          authorityId(plain),
          Long.parseLong(need(plain, "trustBundle")),
          Long.parseLong(need(plain, "denials")),
          new RenewalWindow(
              Instant.parse(need(plain, "renewal.start")),
              Instant.parse(need(plain, "renewal.end")),
              Instant.parse(need(plain, "renewal.graceUntil"))),
          Optional.ofNullable(plain.get("enrollment")),
          new FilePermissions(
              Optional.ofNullable(plain.get("group")),
              FilePermissions.parseMode(need(plain, "mode"))),
          Map.copyOf(digests));
    } catch (IllegalArgumentException | DateTimeParseException e) {
      throw new IOException("a value in it is malformed: " + e.getMessage(), e);
    }
  }

  private static Optional<SpiffeId> authorityId(Map<String, String> members) throws IOException {
    String text = members.get("authorityId");
    if (text == null) {
      return Optional.empty();
    }
    return Optional.of(
        SpiffeId.parse(text)
            .orElseThrow(() -> new IOException("its \"authorityId\" is not a SPIFFE ID")));
  }

  private static void flat(JsonParser json, String prefix, Map<String, String> into)
      throws IOException {
    while (json.nextToken() == JsonToken.FIELD_NAME) {
      String name = json.currentName();
      if (json.nextToken().isScalarValue()) {
        into.put(prefix + name, json.getText());
      } else {
        json.skipChildren();
      }
    }
  }

  private static String need(Map<String, String> members, String name) throws IOException {
    String value = members.get(name);
    if (value == null) {
      throw new IOException("it has no \"" + name + "\"");
    }
    return value;
  }
}
