/** Glue for Netty: TLS for its pipelines, with the JDK's engines and with OpenSSL's. */
@NullMarked
package dev.countersign.stacks.netty;

import org.jspecify.annotations.NullMarked;
