/**
 * Servers that are measured side by side: authorities of this project with each JDK over each
 * database; and certificate authorities of others, if they are on the path, driven by their
 * documented HTTP interfaces with the same requests for certificates, set up as their documentation
 * says for one machine, with keys of the same kind as ours.
 */
@NullMarked
package dev.countersign.bench.contenders;

import org.jspecify.annotations.NullMarked;
