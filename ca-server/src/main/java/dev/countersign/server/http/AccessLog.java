package dev.countersign.server.http;

import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.RequestLog;
import org.eclipse.jetty.server.Response;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One line for each answer: failures at INFO, the rest at DEBUG, because what was done is in the
 * ledger. Paths only: queries and bodies may say more than a log should keep.
 */
final class AccessLog implements RequestLog {
  private static final Logger LOG = LoggerFactory.getLogger("countersign.access");

  private final String listener;

  AccessLog(String listener) {
    this.listener = listener;
  }

  @Override
  public void log(Request request, Response response) {
    int status = response.getStatus();
    boolean failure = status >= 500;
    if (!failure && !LOG.isDebugEnabled()) {
      return;
    }
    String line =
        listener
            + " "
            + LogText.printable(request.getMethod())
            + " "
            + LogText.printable(request.getHttpURI().getPath())
            + " "
            + status
            + " from "
            + Request.getRemoteAddr(request)
            + " request="
            + RequestNumbers.of(request);
    if (failure) {
      LOG.info(line);
    } else {
      LOG.debug(line);
    }
  }
}
