package dev.countersign.server.http;

import java.nio.ByteBuffer;
import org.eclipse.jetty.http.HttpField;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpStatus;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.handler.ErrorHandler;
import org.eclipse.jetty.util.Callback;
import org.jspecify.annotations.Nullable;

/** Problem documents for what Jetty itself refuses: broken requests, heads that are too long. */
final class TransportErrors extends ErrorHandler {

  @Override
  public boolean errorPageForMethod(String method) {
    return true;
  }

  @Override
  protected void generateResponse(
      Request request,
      Response response,
      int code,
      @Nullable String message,
      @Nullable Throwable cause,
      Callback callback) {
    Problem problem = Problem.transport(code, detail(code), RequestNumbers.of(request));
    response.getHeaders().put(HttpHeader.CONTENT_TYPE, Problem.MEDIA_TYPE);
    response.getHeaders().put(HttpHeader.CACHE_CONTROL, "no-store");
    if (code == HttpStatus.SERVICE_UNAVAILABLE_503) {
      response.getHeaders().put(HttpHeader.RETRY_AFTER, 1);
    }
    response.write(true, ByteBuffer.wrap(problem.toJson()), callback);
  }

  @Override
  @SuppressWarnings("removal") // still what Jetty asks when a request cannot be parsed at all
  public ByteBuffer badMessageError(
      int status, @Nullable String reason, HttpFields.Mutable fields) {
    fields.put(new HttpField(HttpHeader.CONTENT_TYPE, Problem.MEDIA_TYPE));
    return ByteBuffer.wrap(Problem.transport(status, detail(status), null).toJson());
  }

  private static String detail(int code) {
    return switch (code) {
      case 408 -> "The request did not arrive in time.";
      case 414 -> "The address is longer than this server reads.";
      case 431 -> "The request's head is larger than 8 KiB.";
      case 503 -> "The server takes no more now; ask again in a moment.";
      default -> "The request is not HTTP as this server reads it.";
    };
  }
}
