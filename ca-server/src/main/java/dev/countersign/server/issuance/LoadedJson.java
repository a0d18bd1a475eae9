package dev.countersign.server.issuance;

import java.time.Instant;
import java.util.Optional;

/** What whoever has a certificate had loaded when it said so last. */
public record LoadedJson(
    Instant seenAt, long denials, Optional<Long> trustBundle, Optional<String> version) {}
