package dev.countersign.server.testing;

import dev.countersign.pki.KeyAlgorithm;
import dev.countersign.pki.testing.MovableClock;
import dev.countersign.pki.testing.TestCa;
import dev.countersign.server.authority.Authority;
import dev.countersign.server.authority.Hierarchy;
import dev.countersign.server.authority.TrustBundle;
import dev.countersign.server.keys.KeyHolder;
import dev.countersign.server.keys.SigningKey;
import java.security.KeyPair;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** A hierarchy whose certificates were made by Bouncy Castle, without folder and database. */
public final class InMemory {
  private static final Map<KeyAlgorithm, Hierarchy> HIERARCHIES = new ConcurrentHashMap<>();

  private InMemory() {}

  /** One for each algorithm, shared by the tests of a JVM; valid at {@link MovableClock#START}. */
  public static Hierarchy hierarchy(KeyAlgorithm algorithm) {
    return HIERARCHIES.computeIfAbsent(
        algorithm, a -> of(TestCa.create("Test", a, new MovableClock())));
  }

  public static Hierarchy of(TestCa ca) {
    Authority root =
        new Authority(
            "root-1",
            Authority.Kind.ROOT,
            Authority.State.ACTIVE,
            List.of(ca.root()),
            key(ca.rootKey()));
    Authority issuing =
        new Authority(
            "issuing-1",
            Authority.Kind.ISSUING,
            Authority.State.ACTIVE,
            List.of(ca.issuing()),
            key(ca.issuingKey()));
    return new Hierarchy(List.of(root, issuing), new TrustBundle(1, List.of(ca.root())));
  }

  private static KeyHolder key(KeyPair pair) {
    return KeyHolder.of(SigningKey.of(pair, TestAuthority.random()));
  }
}
