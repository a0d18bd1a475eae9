/** How what was measured is written. It knows nothing of what it writes. */
@NullMarked
package dev.countersign.bench.report;

import org.jspecify.annotations.NullMarked;
