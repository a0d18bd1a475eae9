/**
 * Work that one of several nodes does at a time. It may call {@code db} only. A lease saves work
 * and never makes anything right: its holder may lose it in the middle, so what is done under one
 * is guarded by itself.
 */
@NullMarked
package dev.countersign.server.lease;

import org.jspecify.annotations.NullMarked;
