package dev.countersign.client;

import dev.countersign.pki.RevocationReason;
import dev.countersign.pki.SerialNumber;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Serial numbers that are not to be trusted, with the reason. Never changed: the next one shares
 * with it what is the same. A million take 21 MB.
 */
public final class DeniedSerials {
  public static final DeniedSerials NONE = new DeniedSerials(new byte[0], Map.of());

  /** More than this is no honest answer of an authority. */
  static final int MOST = 4_000_000;

  private static final int OCTETS = 20; // RFC 5280 4.1.2.2
  private static final int ENTRY = OCTETS + 1;
  private static final int MOST_APART = 1_000;

  private final byte[] sorted; // serial and code of the reason, one entry after the other
  private final Map<SerialNumber, Optional<RevocationReason>> apart; // is asked first

  private DeniedSerials(byte[] sorted, Map<SerialNumber, Optional<RevocationReason>> apart) {
    this.sorted = sorted;
    this.apart = apart;
  }

  /** Why not to trust. */
  public Optional<RevocationReason> reason(SerialNumber serial) {
    Optional<RevocationReason> known = apart.get(serial);
    if (known != null) {
      return known;
    }
    int low = 0;
    int high = sorted.length / ENTRY;
    byte[] wanted = serial.bytes();
    while (low < high) {
      int middle = (low + high) >>> 1;
      int at = middle * ENTRY;
      int order = Arrays.compareUnsigned(sorted, at, at + OCTETS, wanted, 0, OCTETS);
      if (order == 0) {
        return Optional.of(RevocationReason.ofCode(sorted[at + OCTETS]));
      }
      if (order < 0) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return Optional.empty();
  }

  /** About how many there are: those whose reason has changed lately may count twice. */
  int size() {
    return sorted.length / ENTRY + apart.size();
  }

  /** With these, and without those that were released. */
  DeniedSerials with(Map<SerialNumber, RevocationReason> denied, List<SerialNumber> released) {
    if (denied.isEmpty() && released.isEmpty()) {
      return this;
    }
    Map<SerialNumber, Optional<RevocationReason>> changed = new HashMap<>(apart);
    released.forEach(serial -> changed.put(serial, Optional.empty()));
    denied.forEach((serial, reason) -> changed.put(serial, Optional.of(reason)));
    // Copying the large part each time would cost as much as it is long
    return changed.size() <= Math.max(MOST_APART, sorted.length / ENTRY / 8)
        ? new DeniedSerials(sorted, Map.copyOf(changed))
        : new DeniedSerials(merged(changed), Map.of());
  }

  private byte[] merged(Map<SerialNumber, Optional<RevocationReason>> changed) {
    byte[] result = new byte[sorted.length + changed.size() * ENTRY];
    int length = 0;
    int from = 0;
    for (Map.Entry<SerialNumber, Optional<RevocationReason>> next :
        new TreeMap<>(changed).entrySet()) {
      byte[] serial = next.getKey().bytes();
      int to = from;
      while (to < sorted.length && compare(to, serial) < 0) {
        to += ENTRY;
      }
      System.arraycopy(sorted, from, result, length, to - from);
      length += to - from;
      from = to < sorted.length && compare(to, serial) == 0 ? to + ENTRY : to;
      @Nullable RevocationReason reason = next.getValue().orElse(null);
      if (reason != null) {
        System.arraycopy(serial, 0, result, length, OCTETS);
        result[length + OCTETS] = (byte) reason.code();
        length += ENTRY;
      }
    }
    System.arraycopy(sorted, from, result, length, sorted.length - from);
    return Arrays.copyOf(result, length + sorted.length - from);
  }

  private int compare(int at, byte[] serial) {
    return Arrays.compareUnsigned(sorted, at, at + OCTETS, serial, 0, OCTETS);
  }
}
