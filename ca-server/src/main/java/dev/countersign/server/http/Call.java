package dev.countersign.server.http;

import dev.countersign.server.refusal.Refusal;
import dev.countersign.server.refusal.Refusal.Kind;
import io.javalin.http.Context;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * One request as it was sent, and the answer as it grows. A copy, because the server uses its own
 * objects again for the next request on a connection as soon as a peer gives one up, and whoever
 * still works on the old one must neither read nor write there. Of one thread at a time.
 */
public final class Call {
  private final String method;
  private final String path;
  private final String rawPath;
  private final Map<String, String> pathParameters;
  private final Map<String, List<String>> queryParameters;
  private final Map<String, String> requestHeaders = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
  private final byte[] body;
  private final Caller caller;
  private final Optional<String> requestId;

  private int status = 200;
  private final Map<String, String> headers = new LinkedHashMap<>();
  private Content result = Content.NOTHING;

  private Call(Context ctx) {
    method = ctx.method().name();
    path = ctx.path();
    rawPath = ctx.req().getRequestURI();
    pathParameters = Map.copyOf(ctx.pathParamMap());
    queryParameters = Map.copyOf(ctx.queryParamMap());
    requestHeaders.putAll(ctx.headerMap());
    body = ctx.bodyAsBytes();
    caller = Caller.of(ctx);
    requestId = Optional.ofNullable(ctx.attribute(RequestNumbers.ATTRIBUTE));
    headers.put("Cache-Control", "no-store");
    headers.put("X-Content-Type-Options", "nosniff");
  }

  static Call of(Context ctx) {
    try {
      return new Call(ctx);
    } catch (IllegalArgumentException e) {
      throw new Refusal(Kind.MALFORMED, "The address of the request is not encoded as it must be.");
    }
  }

  public String method() {
    return method;
  }

  public String path() {
    return path;
  }

  /** The path as it was sent, nothing decoded. */
  public String rawPath() {
    return rawPath;
  }

  public String pathParam(String name) {
    String value = pathParameters.get(name);
    if (value == null) {
      throw new IllegalStateException("no parameter " + name + " in this route");
    }
    return value;
  }

  public @Nullable String queryParam(String name) {
    List<String> values = queryParameters.get(name);
    return values == null || values.isEmpty() ? null : values.get(0);
  }

  public Map<String, List<String>> queryParamMap() {
    return queryParameters;
  }

  /** A header of the request. */
  public @Nullable String header(String name) {
    return requestHeaders.get(name);
  }

  byte[] body() {
    return body;
  }

  /** The body as it was sent, at most {@link ListenerLimits#body} bytes. */
  public byte[] bodyAsBytes() {
    return body.clone();
  }

  public Caller caller() {
    return caller;
  }

  Optional<String> requestId() {
    return requestId;
  }

  public Call status(int code) {
    status = code;
    return this;
  }

  /** A header of the answer. */
  public Call header(String name, String value) {
    headers.put(name, value);
    return this;
  }

  public Call contentType(String type) {
    return header("Content-Type", type);
  }

  public Call result(byte[] content) {
    return result(Content.of(content));
  }

  public Call result(Content content) {
    result = content;
    return this;
  }

  /** What was prepared so far gives way to a problem. */
  void startOver() {
    headers.keySet().retainAll(List.of("X-Content-Type-Options"));
    result = Content.NOTHING;
  }

  /** Sets the head of the answer; returns its body, which after HEAD only has a length. */
  Content writeHead(Context ctx) {
    ctx.status(status);
    headers.forEach(ctx::header);
    String type = headers.get("Content-Type");
    if (type != null) {
      ctx.contentType(type);
    }
    if (result.length() > 0) {
      ctx.res().setContentLengthLong(result.length());
    }
    return method.equals("HEAD") ? Content.NOTHING : result;
  }
}
