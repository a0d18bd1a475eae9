package dev.countersign.server.issuance;

import java.util.Optional;
import java.util.Set;
import org.jdbi.v3.core.Handle;

/**
 * By what an applicant was admitted, and what of it is used up when the certificate is recorded.
 */
public interface Proof {

  /** {@code enrollment}, {@code renewal}, {@code operator} or {@code system}. */
  String kind();

  /** Which one: the enrolment's id, the serial of the certificate renewed, the operator's name. */
  String id();

  /** Two requests with the same retry key are one; empty where each request stands for itself. */
  Optional<String> retryKey();

  /**
   * Whether the retry key alone says that two requests are one, so that a second one for something
   * else is a mistake. Otherwise the same proof with another key is another request.
   */
  default boolean retryKeyAlone() {
    return false;
  }

  /**
   * Runs inside the recording transaction, after the identity's row is locked.
   *
   * @param held what was found true in this transaction and stays so until its commit: what a proof
   *     adds to it need not be asked again for another
   * @throws dev.countersign.server.refusal.Refusal when the proof is worth nothing any more; then
   *     nothing is recorded
   */
  void consume(Handle handle, Set<Object> held);
}
