package dev.countersign.client;

import dev.countersign.client.ClientException.Kind;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;

/** The base URLs of one authority, asked in turn until one gives an answer of an authority. */
public record Endpoints(List<URI> urls) {
  public Endpoints {
    if (urls.isEmpty()) {
      throw new IllegalArgumentException("no URL of the authority is known");
    }
    urls = urls.stream().map(Endpoints::base).distinct().toList();
  }

  /** An {@code https} URL of an authority, without a trailing slash. */
  public static URI base(URI url) {
    if (!"https".equals(String.valueOf(url.getScheme()).toLowerCase(Locale.ROOT))
        || url.getHost() == null
        || url.getRawQuery() != null
        || url.getRawFragment() != null
        || url.getRawUserInfo() != null) {
      throw new IllegalArgumentException(
          "\""
              + Printable.line(url.toString())
              + "\" is not an authority's URL; it looks like https://ca.example:8443");
    }
    String text = url.toString();
    while (text.endsWith("/")) {
      text = text.substring(0, text.length() - 1);
    }
    return URI.create(text);
  }

  static URI resolve(URI base, String pathAndQuery) {
    return URI.create(base + pathAndQuery);
  }

  /**
   * A refusal is final; a server that is not ours or gives no answer is passed over for the next.
   */
  <T> T ask(Function<URI, T> request) {
    List<ClientException> failures = new ArrayList<>();
    for (URI url : urls) {
      try {
        return request.apply(url);
      } catch (RefusedException e) {
        if (e.problem().status() != 503
            || url.equals(urls.get(urls.size() - 1))) { // RFC 9110 15.6.4
          throw e;
        }
        failures.add(e);
      } catch (ClientException e) {
        if (e.kind() != Kind.UNREACHABLE && e.kind() != Kind.WRONG_SERVER) {
          throw e;
        }
        failures.add(e);
        if (Thread.currentThread().isInterrupted()) {
          throw e;
        }
      }
    }
    throw worst(failures);
  }

  private static ClientException worst(List<ClientException> failures) {
    if (failures.size() == 1) {
      return failures.get(0);
    }
    for (ClientException failure : failures) {
      if (failure.kind() == Kind.WRONG_SERVER) {
        return failure; // an alarm must not drown in a list of time-outs
      }
    }
    StringBuilder all =
        new StringBuilder("None of the authority's " + failures.size() + " URLs gave an answer.");
    failures.forEach(f -> all.append(' ').append(f.getMessage()));
    return new UnusableAnswerException(all.toString(), failures.get(0));
  }
}
