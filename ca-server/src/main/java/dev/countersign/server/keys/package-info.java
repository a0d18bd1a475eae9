/**
 * The private keys of the authority: encrypted files at rest, pooled signatures in use, and the
 * native provider that makes them fast. It may call {@code pki} only. No private key leaves this
 * package except inside a {@link dev.countersign.server.keys.SigningKey}, which signs and never
 * tells.
 */
@NullMarked
package dev.countersign.server.keys;

import org.jspecify.annotations.NullMarked;
