package dev.countersign.server.issuance;

import dev.countersign.db.Dialect;
import dev.countersign.server.identity.IdentityStore;
import dev.countersign.server.identity.Role;
import dev.countersign.server.refusal.Refusal;
import dev.countersign.server.refusal.Refusal.Kind;
import java.util.Optional;
import org.jdbi.v3.core.Handle;

/**
 * An operator who may issue.
 *
 * @param idempotencyKey as the operator's program chose it
 */
public record OperatorProof(String operator, Optional<String> idempotencyKey, Dialect dialect)
    implements Proof {

  @Override
  public String kind() {
    return "operator";
  }

  @Override
  public String id() {
    return operator;
  }

  @Override
  public Optional<String> retryKey() {
    return idempotencyKey.map(key -> "operator:" + operator + ":" + key);
  }

  @Override
  public boolean retryKeyAlone() {
    return true;
  }

  @Override
  public void consume(Handle handle) {
    Optional<Role> role = IdentityStore.roleThatStays(handle, operator, dialect.rowMustStay());
    if (role.filter(held -> held != Role.AUDITOR).isEmpty()) {
      throw new Refusal(Kind.FORBIDDEN, "Issuing needs the role operator or admin.");
    }
  }
}
