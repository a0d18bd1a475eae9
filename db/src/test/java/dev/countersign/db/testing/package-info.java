/**
 * A fresh database for each test, on each engine, for the tests of every module. It may call {@code
 * db}, and starts one PostgreSQL for each JVM. Its invariant: what a test writes, breaks or leaves
 * open is never seen by another.
 */
@NullMarked
package dev.countersign.db.testing;

import org.jspecify.annotations.NullMarked;
