package dev.countersign.client.tls;

/** What to do when the authority has not been heard for too long. */
public enum StalePolicy {
  /** Go on with what is known, and say so: an authority that is away takes nobody along. */
  WARN,
  /** Refuse new connections, and leave those that are open. */
  REFUSE_NEW
}
