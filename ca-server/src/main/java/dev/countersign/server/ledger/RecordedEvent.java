package dev.countersign.server.ledger;

/** An event with its place in the ledger. */
public record RecordedEvent(long sequence, LedgerEvent event) {}
