/**
 * What is measured, as processes of their own: an authority, its PostgreSQL, the JDKs that are
 * here; and what the kernel says of the CPU and memory that they take.
 */
@NullMarked
package dev.countersign.bench.machine;

import org.jspecify.annotations.NullMarked;
