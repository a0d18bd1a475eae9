package dev.countersign.db.testing;

import dev.countersign.db.Database;
import dev.countersign.db.Dialect;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.Extension;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;
import org.junit.jupiter.api.extension.TestTemplateInvocationContext;
import org.junit.jupiter.api.extension.TestTemplateInvocationContextProvider;

/** Behind {@link OnEveryEngine}. */
public final class FreshDatabase implements TestTemplateInvocationContextProvider {

  private static final ExtensionContext.Namespace NAMESPACE =
      ExtensionContext.Namespace.create(FreshDatabase.class);

  @Override
  public boolean supportsTestTemplate(ExtensionContext context) {
    return context
        .getTestMethod()
        .filter(method -> method.isAnnotationPresent(OnEveryEngine.class))
        .isPresent();
  }

  @Override
  public Stream<TestTemplateInvocationContext> provideTestTemplateInvocationContexts(
      ExtensionContext context) {
    OnEveryEngine annotation = context.getRequiredTestMethod().getAnnotation(OnEveryEngine.class);
    return Arrays.stream(annotation.value()).map(Invocation::new);
  }

  private record Invocation(Dialect dialect) implements TestTemplateInvocationContext {

    @Override
    public String getDisplayName(int invocationIndex) {
      return dialect.name();
    }

    @Override
    public List<Extension> getAdditionalExtensions() {
      return List.of(new OneDatabase(dialect));
    }
  }

  private static final class OneDatabase implements ParameterResolver, AfterEachCallback {

    private final Dialect dialect;

    OneDatabase(Dialect dialect) {
      this.dialect = dialect;
    }

    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
      Class<?> type = parameter.getParameter().getType();
      return type == TestDatabase.class || type == Database.class;
    }

    @Override
    public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
      TestDatabase database = of(context);
      return parameter.getParameter().getType() == Database.class ? database.database() : database;
    }

    private TestDatabase of(ExtensionContext context) {
      Templates templates =
          context
              .getStore(ExtensionContext.StoreScope.LAUNCHER_SESSION, NAMESPACE)
              .computeIfAbsent(Templates.class, key -> new Templates(), Templates.class);
      return context
          .getStore(NAMESPACE)
          .computeIfAbsent(TestDatabase.class, key -> templates.fresh(dialect), TestDatabase.class);
    }

    @Override
    public void afterEach(ExtensionContext context) {
      TestDatabase database =
          context.getStore(NAMESPACE).remove(TestDatabase.class, TestDatabase.class);
      if (database != null) {
        database.close();
      }
    }
  }
}
