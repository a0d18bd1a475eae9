package dev.countersign.server.issuance;

import dev.countersign.db.Dialect;
import dev.countersign.server.identity.Mandate;
import dev.countersign.server.identity.Role;
import java.util.Optional;
import java.util.Set;
import org.jdbi.v3.core.Handle;

/**
 * An operator who may issue.
 *
 * @param touched the role of the identity that is issued to
 * @param idempotencyKey as the operator's program chose it
 */
public record OperatorProof(
    Mandate operator, Optional<Role> touched, Optional<String> idempotencyKey, Dialect dialect)
    implements Proof {

  private record Allowed(Mandate operator, Optional<Role> touched) {}

  @Override
  public String kind() {
    return "operator";
  }

  @Override
  public String id() {
    return operator.actor().name();
  }

  @Override
  public Optional<String> retryKey() {
    return idempotencyKey.map(key -> "operator:" + id() + ":" + key);
  }

  @Override
  public boolean retryKeyAlone() {
    return true;
  }

  @Override
  public void consume(Handle handle, Set<Object> held) {
    if (held.add(new Allowed(operator, touched))) {
      operator.check(handle, dialect, touched); // what it throws ends this use of what is held
    }
  }
}
