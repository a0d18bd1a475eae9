/**
 * The cryptography that no server can save, alone in a loop of one thread: what operations are
 * compared with. It runs as a process of its own, with each JDK that is measured.
 */
@NullMarked
package dev.countersign.bench.floor;

import org.jspecify.annotations.NullMarked;
