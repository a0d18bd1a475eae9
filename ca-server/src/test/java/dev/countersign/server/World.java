package dev.countersign.server;

import dev.countersign.pki.InvalidRequestException;
import dev.countersign.pki.Names;
import dev.countersign.server.identity.Role;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/**
 * One server with one person of each role, for all tests that leave it as they found it but for
 * what they add.
 */
final class World implements AutoCloseable {
  final TestServer server = TestServer.start();
  final Credential admin = server.enrolled(server.adminString);
  final Credential operator = server.operator("olga", Role.OPERATOR);
  final Credential auditor = server.operator("aude", Role.AUDITOR);
  final Credential service = server.identity("orders", "peer", dns("orders.internal"));
  private final AtomicInteger number = new AtomicInteger();

  TestClient asAdmin() {
    return server.as(admin);
  }

  TestClient asOperator() {
    return server.as(operator);
  }

  TestClient asAuditor() {
    return server.as(auditor);
  }

  TestClient asService() {
    return server.as(service);
  }

  TestClient anonymous() {
    return server.anonymous();
  }

  /** A name that no other test has. */
  String name(String prefix) {
    return prefix + "-" + number.incrementAndGet();
  }

  Credential fresh(String prefix) {
    String name = name(prefix);
    return server.identity(name, "peer", dns(name + ".internal"));
  }

  static String identityOf(Credential credential) {
    return credential.certificate().commonName().orElseThrow();
  }

  static Names dns(String... names) {
    try {
      return Names.builder().dns(names).build();
    } catch (InvalidRequestException e) {
      throw new IllegalArgumentException(e);
    }
  }

  @Override
  public void close() {
    server.close();
  }

  /** Gives the one world of this run to whoever has it as a parameter. */
  static final class Shared implements ParameterResolver {
    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
      return parameter.getParameter().getType() == World.class;
    }

    @Override
    public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
      return context
          .getStore(
              ExtensionContext.StoreScope.LAUNCHER_SESSION,
              ExtensionContext.Namespace.create(World.class))
          .computeIfAbsent(World.class, key -> Attempt.make(), Attempt.class)
          .world();
    }
  }

  /** Tried once: if the server does not start, every test says so at once. */
  private record Attempt(@Nullable World made, @Nullable Throwable failure)
      implements AutoCloseable {
    static Attempt make() {
      try {
        return new Attempt(new World(), null);
      } catch (RuntimeException | Error e) {
        return new Attempt(null, e);
      }
    }

    World world() {
      if (made == null) {
        throw new IllegalStateException("no server to test with", failure);
      }
      return made;
    }

    @Override
    public void close() {
      if (made != null) {
        made.close();
      }
    }
  }
}
