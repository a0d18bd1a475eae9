package dev.countersign.server.feed;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.countersign.pki.RevocationReason;
import dev.countersign.pki.SerialNumber;
import dev.countersign.server.crl.DeniedSerial;
import dev.countersign.server.revocation.Change;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * What is signed. It says either what has changed {@code after} a number, or, without that, a piece
 * of all that is denied.
 *
 * @param number what is known to whoever has read this page and what it follows
 * @param newest the number of the newest denial: there is more if it is greater
 * @param at when that was so
 * @param from where this piece of all begins; none for the first
 * @param next where the next piece begins; none in the last
 * @param denied serials by the reason
 * @param released serials that are trusted again
 */
@JsonInclude(JsonInclude.Include.NON_ABSENT)
record DenialsPage(
    long number,
    long newest,
    Instant at,
    Optional<Long> after,
    Optional<String> from,
    Optional<String> next,
    Map<String, List<String>> denied,
    List<String> released) {

  /** As many serials as one has: with all that is around them less than a JWS may be long. */
  static final int MOST = 2_000;

  /** The changes after a number; of all of them the first so many. */
  static DenialsPage changes(long after, List<Change> changes, long newest, Instant at) {
    boolean all = changes.size() <= MOST;
    List<Change> first = all ? changes : changes.subList(0, MOST);
    Map<SerialNumber, Optional<RevocationReason>> last = new LinkedHashMap<>();
    first.forEach(c -> last.put(c.serial(), c.denial().map(denial -> denial.reason())));
    Map<String, List<String>> denied = new TreeMap<>();
    List<String> released = new ArrayList<>();
    last.forEach(
        (serial, reason) ->
            reason.ifPresentOrElse(
                why -> put(denied, why, serial), () -> released.add(serial.toString())));
    long number = all ? newest : first.get(MOST - 1).number();
    return new DenialsPage(
        number,
        newest,
        at,
        Optional.of(after),
        Optional.empty(),
        Optional.empty(),
        denied,
        released);
  }

  static DenialsPage piece(
      Optional<Place> from,
      Optional<Place> next,
      List<DeniedSerial> serials,
      long number,
      Instant at) {
    Map<String, List<String>> denied = new TreeMap<>();
    serials.forEach(one -> put(denied, one.reason(), one.serial()));
    return new DenialsPage(
        number,
        number,
        at,
        Optional.empty(),
        from.map(Place::toString),
        next.map(Place::toString),
        denied,
        List.of());
  }

  private static void put(
      Map<String, List<String>> denied, RevocationReason reason, SerialNumber serial) {
    denied.computeIfAbsent(reason.label(), any -> new ArrayList<>()).add(serial.toString());
  }
}
