/**
 * The program: commands, the one place that says {@code new}, and what is done to the server's
 * folder as a whole. It may call everything and nothing calls it. Invariants: a folder is
 * initialised wholly or not at all, and one process at a time has it.
 */
@NullMarked
package dev.countersign.server;

import org.jspecify.annotations.NullMarked;
