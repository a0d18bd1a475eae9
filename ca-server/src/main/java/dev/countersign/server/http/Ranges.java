package dev.countersign.server.http;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Answers a part of what is asked for (RFC 9110 14), so that who was cut off need not begin anew.
 * One range of bytes; a request for several is answered with the whole, as it may be (14.2).
 */
public final class Ranges {
  // RFC 9110 14.1.1; more digits than any of our contents has
  private static final Pattern ONE = Pattern.compile("bytes=\\s*(\\d{0,15})-(\\d{0,15})\\s*");

  private Ranges() {}

  /**
   * Answers with the whole, or the part that was asked for.
   *
   * @param tag strong, of exactly this content: {@code If-Range} is compared with it. A date is
   *     never taken for that, because two versions may be made within its second (RFC 9110 8.8.2.2)
   */
  public static void answer(Call call, String contentType, String tag, Content whole) {
    call.header("Accept-Ranges", "bytes").contentType(contentType);
    String range = call.method().equals("GET") ? call.header("Range") : null;
    Matcher asked = ONE.matcher(range == null ? "" : range);
    if (!asked.matches() || !isOf(call.header("If-Range"), tag)) {
      call.result(whole);
      return;
    }
    part(call, whole, asked.group(1), asked.group(2));
  }

  private static boolean isOf(@Nullable String ifRange, String tag) {
    return ifRange == null || ifRange.trim().equals(tag);
  }

  private static void part(Call call, Content whole, String first, String last) {
    long length = whole.length();
    long from;
    long to; // inclusive
    if (first.isEmpty()) {
      if (last.isEmpty()) {
        call.result(whole); // not a range at all
        return;
      }
      from = Math.max(0, length - Long.parseLong(last));
      to = length - 1;
    } else {
      from = Long.parseLong(first);
      to = last.isEmpty() ? length - 1 : Math.min(Long.parseLong(last), length - 1);
      if (!last.isEmpty() && Long.parseLong(last) < from) {
        call.result(whole); // RFC 9110 14.1.1: invalid, so as if it was not there
        return;
      }
    }
    if (from >= length) {
      unsatisfiable(call, length);
      return;
    }
    call.status(206)
        .header("Content-Range", "bytes " + from + "-" + to + "/" + length)
        .result(whole.part(from, to - from + 1));
  }

  private static void unsatisfiable(Call call, long length) {
    call.status(416)
        .header("Content-Range", "bytes */" + length)
        .header("Cache-Control", "no-store")
        .contentType(Problem.MEDIA_TYPE)
        .result(
            Problem.transport(
                    416,
                    "This has " + length + " bytes: ask for a range within them.",
                    call.requestId().orElse(null))
                .toJson());
  }
}
