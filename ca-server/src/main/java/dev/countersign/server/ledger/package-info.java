/**
 * What happened, when, and by whom. Every feature may append to it, it calls only {@code db}. Its
 * invariant: an event is written in the transaction of the act that it tells of, so there is no act
 * without its event and no event of an act that did not happen.
 */
@NullMarked
package dev.countersign.server.ledger;

import org.jspecify.annotations.NullMarked;
