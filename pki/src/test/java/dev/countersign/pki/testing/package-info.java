/**
 * What tests of every module share: a CA made with a stranger's builders, bad requests, other
 * programs, a clock. It may call anything; only tests may call it. Its invariant: nothing in it
 * shares code with what it is a witness of.
 */
@NullMarked
package dev.countersign.pki.testing;

import org.jspecify.annotations.NullMarked;
