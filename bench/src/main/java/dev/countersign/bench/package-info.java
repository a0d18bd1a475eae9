/**
 * The load generator: it starts authorities as processes of their own, asks them, and prints what
 * came of it as one table. It may call everything; nothing calls it. What it counts was answered
 * with success, and each answer was read whole.
 */
@NullMarked
package dev.countersign.bench;

import org.jspecify.annotations.NullMarked;
