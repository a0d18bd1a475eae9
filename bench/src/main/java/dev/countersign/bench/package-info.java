/**
 * The load generator: it starts an authority as a process of its own, asks it as fast as a number
 * of clients can, and prints what came of it. It may call everything; nothing calls it. What it
 * counts was answered with success, and each answer was read whole.
 */
@NullMarked
package dev.countersign.bench;

import org.jspecify.annotations.NullMarked;
