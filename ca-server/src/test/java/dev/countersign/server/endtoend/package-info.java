/**
 * Owns the tests that run both programs against each other: {@code countersignd} as a process of
 * its own, and the command line as a user runs it. They may call the public entry of the command
 * line and nothing inside the server. What they check is what a stranger would: exit codes, files,
 * and what OpenSSL says of them.
 */
@NullMarked
package dev.countersign.server.endtoend;

import org.jspecify.annotations.NullMarked;
