package dev.countersign.db;

import org.jdbi.v3.core.Handle;

/**
 * What one caller wants written, all of it or nothing. It shares a transaction with other units; an
 * exception undoes and fails this one alone. It may be run more than once before it is committed,
 * so it changes nothing but the database; it lets exceptions of SQL pass.
 */
@FunctionalInterface
public interface WriteUnit<T> {

  T run(Handle handle);
}
