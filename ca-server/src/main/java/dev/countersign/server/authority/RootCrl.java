package dev.countersign.server.authority;

import java.time.Instant;
import org.jdbi.v3.core.Handle;

/**
 * Signs and records the first CRL of a new root; {@code crl} knows how, which a foundation may not
 * know.
 */
@FunctionalInterface
public interface RootCrl {
  void record(Handle handle, Authority root, Instant thisUpdate, Instant nextUpdate);
}
