package dev.countersign.server.ocsp;

import java.time.Instant;
import java.util.Optional;

/**
 * An OCSPResponse, and what an HTTP cache may know of it (RFC 5019 6).
 *
 * @param cacheable whether others who ask the same may be given this answer until {@code
 *     nextUpdate}
 */
@SuppressWarnings("ArrayRecordComponent")
public record OcspAnswer(byte[] der, Optional<Instant> nextUpdate, boolean cacheable) {

  /** RFC 6960 4.2.1: an answer that says only that there is none. */
  enum Failure {
    MALFORMED_REQUEST(1),
    INTERNAL_ERROR(2),
    TRY_LATER(3),
    UNAUTHORIZED(6);

    private final int code;

    Failure(int code) {
      this.code = code;
    }

    OcspAnswer answer() {
      // SEQUENCE { ENUMERATED }
      byte[] der = {0x30, 3, 0x0a, 1, (byte) code};
      return new OcspAnswer(der, Optional.empty(), false);
    }
  }
}
