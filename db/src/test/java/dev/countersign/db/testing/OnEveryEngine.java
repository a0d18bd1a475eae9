package dev.countersign.db.testing;

import dev.countersign.db.Dialect;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.TestTemplate;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * A test that runs once on each engine, with a database of its own as a parameter: a {@link
 * TestDatabase}, or simply its {@link dev.countersign.db.Database}.
 */
@Target(ElementType.METHOD)
@Retention(RetentionPolicy.RUNTIME)
@TestTemplate
@ExtendWith(FreshDatabase.class)
public @interface OnEveryEngine {

  Dialect[] value() default {Dialect.H2, Dialect.POSTGRESQL};
}
