/**
 * Fills a database with as many certificates as it would have after years, faster than they could
 * be issued: by the database's own means for many rows, with certificates that were really signed.
 * What it makes holds before {@code countersignd verify}. It may call the server's packages; only
 * the measurements call it.
 */
@NullMarked
package dev.countersign.bench.fill;

import org.jspecify.annotations.NullMarked;
