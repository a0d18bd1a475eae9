package dev.countersign.server;

import com.atlassian.oai.validator.OpenApiInteractionValidator;
import com.atlassian.oai.validator.model.Request;
import com.atlassian.oai.validator.model.SimpleResponse;
import com.atlassian.oai.validator.report.LevelResolver;
import com.atlassian.oai.validator.report.ValidationReport;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import java.io.IOException;
import java.io.InputStream;
import java.net.http.HttpRequest;
import java.nio.charset.StandardCharsets;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.regex.Pattern;

/**
 * {@code openapi.yaml}: what it says there is, whether answers keep to it, and what was exercised.
 */
final class Contract {
  private static final Set<String> METHODS =
      Set.of("get", "head", "post", "put", "patch", "delete");
  private static final Contract INSTANCE = new Contract();

  private final OpenApiInteractionValidator validator;
  private final Map<String, Pattern> paths = new LinkedHashMap<>();
  private final Set<String> operations = new TreeSet<>();
  private final Set<String> promised = new TreeSet<>();
  private final Set<String> exercised = new ConcurrentSkipListSet<>();

  private Contract() {
    String text = text();
    validator =
        OpenApiInteractionValidator.createForInlineApiSpecification(text)
            .withLevelResolver(
                LevelResolver.create()
                    // each schema says additionalProperties itself
                    .withLevel(
                        "validation.schema.additionalProperties", ValidationReport.Level.ERROR)
                    .build())
            .build();
    try {
      JsonNode yaml = new ObjectMapper(new YAMLFactory()).readTree(text);
      yaml.path("paths").fieldNames().forEachRemaining(this::remember);
      for (String path : paths.keySet()) {
        JsonNode operationsHere = yaml.path("paths").path(path);
        for (String method : METHODS) {
          if (operationsHere.has(method)) {
            String operation = method.toUpperCase(java.util.Locale.ROOT) + " " + path;
            operations.add(operation);
            operationsHere
                .path(method)
                .path("responses")
                .fieldNames()
                .forEachRemaining(status -> promised.add(operation + " " + status));
          }
        }
      }
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  static Contract instance() {
    return INSTANCE;
  }

  static String text() {
    try (InputStream in = Contract.class.getResourceAsStream("/openapi.yaml")) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  @SuppressWarnings("StringSplitter") // the pieces are not empty
  private void remember(String path) {
    StringBuilder pattern = new StringBuilder();
    for (String part : path.split("(?=\\{)|(?<=\\})")) {
      pattern.append(part.startsWith("{") ? "[^/]+" : Pattern.quote(part));
    }
    paths.put(path, Pattern.compile(pattern.toString()));
  }

  /** Method and path of each operation. */
  Set<String> operations() {
    return operations;
  }

  /** Method, path and status of each answer that was promised and not seen. */
  Set<String> notExercised() {
    Set<String> left = new TreeSet<>(promised);
    left.removeAll(exercised);
    return left;
  }

  void check(HttpRequest request, TestClient.Answer answer) {
    String actual = request.uri().getPath();
    Optional<String> path =
        paths.entrySet().stream()
            .filter(entry -> entry.getValue().matcher(actual).matches())
            .map(Map.Entry::getKey)
            .max(
                Comparator.comparingInt(template -> template.replaceAll("\\{.*?\\}", "").length()));
    if (path.isEmpty() || !operations.contains(request.method() + " " + path.get())) {
      return;
    }
    String exchange = request.method() + " " + path.get() + " " + answer.status();
    if (!promised.contains(exchange)) {
      throw new AssertionError("the contract has no " + exchange + ": " + answer);
    }
    SimpleResponse.Builder response = SimpleResponse.Builder.status(answer.status());
    answer.response().headers().map().forEach((name, values) -> response.withHeader(name, values));
    if (answer.response().body().length > 0) {
      response.withBody(answer.response().body());
    }
    ValidationReport report =
        validator.validateResponse(
            path.get(), Request.Method.valueOf(request.method()), response.build());
    if (report.hasErrors()) {
      throw new AssertionError(exchange + " is not as promised: " + report + "\n" + answer);
    }
    exercised.add(exchange);
  }
}
