package dev.countersign.server.http;

import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.concurrent.atomic.AtomicLong;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.slf4j.MDC;

/**
 * Gives each request a number that is in its answer, in the log and in problem documents. A number
 * that the caller sends is not taken over: it could be used to forge log lines.
 */
final class RequestNumbers extends Handler.Wrapper {
  static final String HEADER = "X-Request-Id";
  static final String ATTRIBUTE = "countersign.request";

  private final String prefix;
  private final AtomicLong next = new AtomicLong();

  RequestNumbers(SecureRandom random) {
    byte[] start = new byte[4];
    random.nextBytes(start);
    prefix = HexFormat.of().formatHex(start) + "-";
  }

  @Override
  public boolean handle(Request request, Response response, Callback callback) throws Exception {
    String number = prefix + Long.toString(next.incrementAndGet(), 36);
    request.setAttribute(ATTRIBUTE, number);
    response.getHeaders().put(HEADER, number);
    MDC.put("request", number);
    try {
      return super.handle(request, response, callback);
    } finally {
      MDC.remove("request");
    }
  }

  static String of(Request request) {
    return request.getAttribute(ATTRIBUTE) instanceof String number ? number : "-";
  }
}
