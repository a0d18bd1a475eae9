/** Glue for Jetty: what its server needs to speak HTTP/2 over a {@code MutualTls}. */
@NullMarked
package dev.countersign.stacks.jetty;

import org.jspecify.annotations.NullMarked;
