/** {@code MutualTls} under the stacks that people use: real servers and clients, on loopback. */
@NullMarked
package dev.countersign.stacks;

import org.jspecify.annotations.NullMarked;
