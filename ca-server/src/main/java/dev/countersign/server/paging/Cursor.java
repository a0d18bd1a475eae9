package dev.countersign.server.paging;

import dev.countersign.server.refusal.Refusal;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.util.Base64;
import java.util.Optional;
import java.util.function.Function;

/** Cursors: opaque to the caller, and of one list only, so that those of another are noticed. */
public enum Cursor {
  CERTIFICATES("c"),
  CHECKINS("k"),
  ENROLLMENTS("e"),
  IDENTITIES("i");

  private final String prefix;

  Cursor(String letter) {
    this.prefix = "1" + letter + ":"; // 1: the version of the format
  }

  public String of(String position) {
    return Base64.getUrlEncoder()
        .withoutPadding()
        .encodeToString((prefix + position).getBytes(StandardCharsets.UTF_8));
  }

  public String of(long position) {
    return of(Long.toString(position));
  }

  /** The position of a page, if it is not the first. */
  public Optional<String> position(Page page) {
    return page.cursor().map(this::read);
  }

  public Optional<Long> number(Page page) {
    return position(page, Long::valueOf);
  }

  /**
   * The same, as its list reads it.
   *
   * @param reader throws {@link IllegalArgumentException} or {@link DateTimeException} for what is
   *     none of its list
   */
  public <T> Optional<T> position(Page page, Function<String, T> reader) {
    return position(page)
        .map(
            position -> {
              try {
                return reader.apply(position);
              } catch (IllegalArgumentException | DateTimeException e) {
                throw unknown();
              }
            });
  }

  private String read(String cursor) {
    try {
      String text = new String(Base64.getUrlDecoder().decode(cursor), StandardCharsets.UTF_8);
      if (text.startsWith(prefix)) {
        return text.substring(prefix.length());
      }
    } catch (IllegalArgumentException e) {
      // not base64url: no cursor of ours
    }
    throw unknown();
  }

  private static Refusal unknown() {
    return new Refusal(
        Refusal.Kind.MALFORMED,
        "The cursor is not one of this list's: give the next of the page before, unchanged.");
  }
}
