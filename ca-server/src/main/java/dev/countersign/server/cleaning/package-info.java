/**
 * Removes what nobody needs any more, a little at a time, on one node. It may call {@code lease},
 * {@code ledger} and {@code db}, and knows all tables, so that what is ever removed can be read in
 * one place. Nothing is removed that a list or an answer still follows from, nor because of a clock
 * that is ahead of what happens here.
 */
@NullMarked
package dev.countersign.server.cleaning;

import org.jspecify.annotations.NullMarked;
