/**
 * What tests of several packages share: a whole CA below the HTTP listeners, and an authority
 * without a database. It may call everything; nothing calls it but tests. Nothing in it is a mock:
 * what a test sees is what a server does.
 */
@NullMarked
package dev.countersign.server.testing;

import org.jspecify.annotations.NullMarked;
