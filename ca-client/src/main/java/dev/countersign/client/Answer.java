package dev.countersign.client;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A whole HTTP answer, and what may be made of it. */
@SuppressWarnings("ArrayRecordComponent") // made once, read once, never compared
record Answer(
    URI asked,
    int status,
    String contentType,
    Optional<String> location,
    Optional<Duration> retryAfter,
    byte[] body) {
  private static final Pattern TITLE = Pattern.compile("(?is)<title>\\s*(.{1,120}?)\\s*</title>");

  /** The JSON of a success; anything else is a refusal or no answer of an authority at all. */
  JsonNode json() {
    requireSuccess("application/json");
    JsonNode parsed = parse();
    if (!parsed.isObject()) {
      throw unusable("with JSON that is not an object");
    }
    return parsed;
  }

  String pem() {
    requireSuccess("application/x-pem-file");
    return new String(body, StandardCharsets.US_ASCII);
  }

  byte[] crl() {
    requireSuccess("application/pkix-crl"); // RFC 5280 4.2.1.13
    return body;
  }

  byte[] jws() {
    requireSuccess("application/jose+json"); // RFC 7515 9.2.2
    return body;
  }

  private void requireSuccess(String type) {
    if (status >= 200 && status < 300) {
      if (!mediaType().equals(type)) {
        throw unusable("with " + described() + " where " + type + " was expected");
      }
      return;
    }
    boolean isProblem = mediaType().equals("application/problem+json");
    if (status == 429 || status == 503) {
      throw new UnavailableException(asked, status, readable(isProblem), retryAfter);
    }
    if (status == 407) { // RFC 9110 15.5.8: from a proxy, before there was any TLS
      throw new UnusableAnswerException(
          ConnectionFailures.at(asked)
              + " cannot be reached: the proxy of this Java wants a login, which is not supported."
              + " Let the proxy be passed by for this host (-Dhttp.nonProxyHosts).");
    }
    if (isProblem) {
      Problem problem = Problem.of(parse(), status);
      throw status >= 500
          ? new UnavailableException(asked, status, Optional.of(problem), retryAfter)
          : new RefusedException(asked, problem);
    }
    if (status >= 300 && status < 400) {
      throw unusable(
          "with a redirect to "
              + location.map(Printable::line).orElse("nowhere")
              + ", which is not followed");
    }
    throw unusable("with status " + status + " and " + described());
  }

  /** Who cannot answer may not be able to say so well. */
  private Optional<Problem> readable(boolean isProblem) {
    try {
      return isProblem ? Optional.of(Problem.of(parse(), status)) : Optional.empty();
    } catch (UnusableAnswerException e) {
      return Optional.empty();
    }
  }

  private JsonNode parse() {
    try {
      JsonNode parsed = AnswerJson.tree(body);
      if (parsed.isMissingNode()) {
        throw unusable("with an empty body");
      }
      return parsed;
    } catch (JsonProcessingException e) {
      throw unusable(
          "with JSON that cannot be read (" + Printable.line(e.getOriginalMessage()) + ")");
    } catch (IOException e) {
      throw unusable("with JSON that cannot be read");
    }
  }

  private String mediaType() {
    int semicolon = contentType.indexOf(';');
    return (semicolon < 0 ? contentType : contentType.substring(0, semicolon))
        .trim()
        .toLowerCase(Locale.ROOT);
  }

  private String described() {
    if (body.length == 0) {
      return "an empty body";
    }
    if (mediaType().equals("text/html")) {
      Matcher title =
          TITLE.matcher(new String(body, 0, Math.min(body.length, 4096), StandardCharsets.UTF_8));
      return "an HTML page"
          + (title.find() ? " titled \"" + Printable.line(title.group(1)) + "\"" : "");
    }
    return mediaType().isEmpty() ? "a body of no type" : Printable.line(mediaType());
  }

  UnusableAnswerException unusable(String how) {
    return new UnusableAnswerException(
        asked.getScheme()
            + "://"
            + asked.getAuthority()
            + " answered "
            + asked.getPath()
            + " "
            + how
            + ", which is not how a Countersign authority answers. Check that the URL is the"
            + " authority's own and not a proxy's, then try again.");
  }
}
