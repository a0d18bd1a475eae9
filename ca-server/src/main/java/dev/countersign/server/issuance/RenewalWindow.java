package dev.countersign.server.issuance;

import dev.countersign.pki.SerialNumber;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;

/**
 * When to renew.
 *
 * @param graceUntil the last moment at which an expired certificate is still renewed
 */
public record RenewalWindow(Instant start, Instant end, Instant graceUntil) {
  private static final int SLICES = 10;

  /**
   * A tenth of it, for good the same for one certificate: many that were issued in one minute begin
   * all over it, whether their clients renew as soon as they may or at some moment.
   */
  public RenewalWindow sliceOf(SerialNumber serial) {
    Duration slice = Duration.between(start, end).dividedBy(SLICES);
    // Serials are random, and so are their last octets
    long low = ByteBuffer.wrap(serial.bytes()).getLong(serial.bytes().length - Long.BYTES);
    double part = (low >>> 1) / (double) Long.MAX_VALUE;
    double seconds = part * Duration.between(start, end).minus(slice).toMillis() / 1000;
    Instant own = start.plusSeconds((long) seconds);
    return new RenewalWindow(own, own.plus(slice), graceUntil);
  }
}
