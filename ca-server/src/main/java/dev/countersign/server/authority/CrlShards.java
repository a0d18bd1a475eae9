package dev.countersign.server.authority;

import dev.countersign.pki.SerialNumber;

/**
 * Into how many lists an issuer's revocations are divided, besides the complete one. A certificate
 * names the one that its serial is in, so the number never changes. Each has a range of serials,
 * all about equally wide: put one after the other they are the complete list.
 *
 * @param count 1 when there is only the complete one
 */
public record CrlShards(int count) {
  public static final int MOST = 1024;
  public static final CrlShards ONE = new CrlShards(1);

  // SerialNumber.random: of the first two octets, the first is neither 0 nor above 0x7f
  private static final int LOWEST = 0x0100;
  private static final int RANGE = 0x8000 - LOWEST;
  private static final int SERIAL_OCTETS = 20; // RFC 5280 4.1.2.2: at most

  public CrlShards {
    if (count < 1 || count > MOST) {
      throw new IllegalArgumentException("An issuer has 1 to " + MOST + " shards, not " + count);
    }
  }

  /** Which of them, from 0. */
  public int of(SerialNumber serial) {
    return of(serial.bytes());
  }

  /**
   * The same, by the content of its INTEGER, which has no more octets than needed, or by its 20
   * octets.
   */
  public int of(byte[] serial) {
    int first = serial.length - SERIAL_OCTETS;
    int top = octet(serial, first) << 8 | octet(serial, first + 1);
    int within = Math.max(0, Math.min(RANGE - 1, top - LOWEST));
    return within * count / RANGE;
  }

  private static int octet(byte[] serial, int at) {
    return at < 0 ? 0 : serial[at] & 0xff;
  }
}
