package dev.countersign.server.ocsp;

import dev.countersign.server.issuance.Denial;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Signed answers to questions about one certificate, by its CertID as it was asked, which names
 * issuer, serial and hash. Bounded: when the younger half is full, the elder, which nobody has
 * asked for since, is forgotten.
 */
final class AnswerCache {
  /** What a half has in bytes of CertIDs and answers. */
  static final long HALF = 8L << 20;

  private volatile Half younger = new Half();
  private volatile Half elder = new Half();

  /**
   * An answer that may be given again while the denial of its certificate is the same.
   *
   * @param denial as memory had it; empty when the certificate was good
   * @param from before that a clock has gone back, and nobody would take it
   * @param agesAt from then on a new one is better
   */
  record Kept(OcspAnswer answer, Optional<Denial> denial, Instant from, Instant agesAt) {
    boolean isAging(Instant now) {
      return !now.isBefore(agesAt);
    }

    private boolean isGood(Instant now, Optional<Denial> known) {
      return denial.equals(known)
          && !now.isBefore(from)
          && answer.nextUpdate().filter(now::isBefore).isPresent();
    }
  }

  private static final class Half {
    final ConcurrentMap<ByteBuffer, Kept> answers = new ConcurrentHashMap<>();
    final AtomicLong bytes = new AtomicLong();
  }

  /**
   * @param known what memory says of the certificate now
   */
  Optional<Kept> find(byte[] certId, Instant now, Optional<Denial> known) {
    ByteBuffer key = ByteBuffer.wrap(certId);
    Optional<Kept> kept = Optional.ofNullable(younger.answers.get(key));
    if (kept.isEmpty()) {
      kept = Optional.ofNullable(elder.answers.get(key));
      kept.ifPresent(old -> put(key, old));
    }
    return kept.filter(answer -> answer.isGood(now, known));
  }

  void put(byte[] certId, Kept kept) {
    put(ByteBuffer.wrap(certId), kept);
  }

  private void put(ByteBuffer key, Kept kept) {
    Half half = younger;
    long size = size(key, kept);
    Kept replaced = half.answers.put(key, kept);
    if (half.bytes.addAndGet(replaced == null ? size : size - size(key, replaced)) > HALF) {
      rotate(half);
    }
  }

  @SuppressWarnings("ReferenceEquality") // only who filled it
  private synchronized void rotate(Half full) {
    if (younger == full) {
      elder = full;
      younger = new Half();
    }
  }

  private static long size(ByteBuffer key, Kept kept) {
    return key.capacity() + kept.answer().der().length;
  }
}
