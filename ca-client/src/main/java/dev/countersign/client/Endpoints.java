package dev.countersign.client;

import dev.countersign.client.ClientException.Kind;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Stream;

/** The base URLs of one authority, asked in turn until one gives an answer of an authority. */
public record Endpoints(List<URI> urls) {
  // What another server of the authority may do better
  private static final Set<Kind> OF_ONE_SERVER =
      Set.of(Kind.UNREACHABLE, Kind.UNAVAILABLE, Kind.WRONG_SERVER);

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
   * A request that does no harm when it is done twice. A refusal is final; a server that is not
   * ours or gives no answer is passed over for the next, and all are asked again if that may help.
   */
  <T> T ask(Function<URI, T> request, Retries retries) {
    return retries.of(() -> round(request, failure -> true));
  }

  /** A request that is not to be done twice: the next is asked only if this one did nothing. */
  <T> T askOnce(Function<URI, T> request) {
    return round(request, failure -> !failure.isOutcomeUnknown());
  }

  private <T> T round(Function<URI, T> request, Predicate<ClientException> mayAskNext) {
    List<ClientException> failures = new ArrayList<>();
    for (URI url : urls) {
      try {
        return request.apply(url);
      } catch (ClientException e) {
        if (!OF_ONE_SERVER.contains(e.kind())
            || !mayAskNext.test(e)
            || Thread.currentThread().isInterrupted()) {
          throw e;
        }
        failures.add(e);
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
    for (ClientException failure : failures) {
      if (failure instanceof UnavailableException e && e.asksToComeBack()) {
        return new UnavailableException(
            all.toString(),
            e,
            soonest(failures),
            failures.stream().anyMatch(ClientException::isOutcomeUnknown));
      }
    }
    return failures.stream().allMatch(NotConnectedException.class::isInstance)
        ? new NotConnectedException(all.toString(), failures.get(0))
        : new UnusableAnswerException(all.toString(), failures.get(0));
  }

  private static Optional<Duration> soonest(List<ClientException> failures) {
    return failures.stream()
        .flatMap(
            f -> f instanceof UnavailableException e ? e.retryAfter().stream() : Stream.empty())
        .min(Comparator.naturalOrder());
  }
}
