package dev.countersign.server.ledger;

/**
 * What came of an act that may be asked for again.
 *
 * @param result how things are now
 * @param changed false when they were so already: then the ledger has no event of it
 */
public record Act<T>(T result, boolean changed) {}
