/**
 * Sends requests made beforehand and counts what came of them: as fast as a number of clients can,
 * or at a constant rate whatever the server does. It knows HTTP, and nothing of what is asked.
 */
@NullMarked
package dev.countersign.bench.load;

import org.jspecify.annotations.NullMarked;
