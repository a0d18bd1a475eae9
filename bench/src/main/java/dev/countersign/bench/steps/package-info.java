/**
 * What each step of the corridor costs by itself, measured with JMH in a JVM of its own with each
 * JDK. The steps are those of the server, put together here as its Wiring does, below its
 * listeners.
 */
@NullMarked
package dev.countersign.bench.steps;

import org.jspecify.annotations.NullMarked;
