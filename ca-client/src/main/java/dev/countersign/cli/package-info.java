/**
 * Owns the {@code countersign} command line: options, words, exit codes and JSON shapes. It may
 * call the client library and {@code pki}; picocli appears here and nowhere else, and only {@code
 * Main} takes the clock, the random source and the process's streams from the machine. Data goes to
 * stdout and talk to stderr, and every failure ends in the one table of exit codes.
 */
@NullMarked
package dev.countersign.cli;

import org.jspecify.annotations.NullMarked;
