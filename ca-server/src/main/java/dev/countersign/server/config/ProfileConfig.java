package dev.countersign.server.config;

import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One profile as written in the file: what is left out keeps the setting of the built-in profile of
 * that name, or of {@code peer} for a name that is not built in. The words are those of {@code GET
 * /v1/profiles}.
 */
public record ProfileConfig(
    @Nullable List<String> keyUsage,
    @Nullable List<String> extendedKeyUsage,
    @Nullable List<String> keyAlgorithms,
    @Nullable Duration defaultLifetime,
    @Nullable Duration maximumLifetime,
    @Nullable List<String> nameKinds,
    @Nullable Boolean spiffeId,
    @Nullable Double renewAfter,
    @Nullable Duration grace,
    @Nullable List<String> copiedExtensions) {}
