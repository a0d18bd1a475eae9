package dev.countersign.server.identity;

import dev.countersign.pki.Names;
import java.util.Optional;

/**
 * What is to be different; what is absent stays.
 *
 * @param owner empty text removes it
 * @param names replaces all
 */
public record IdentityChange(
    Optional<String> profile,
    Optional<RoleChange> role,
    Optional<String> owner,
    Optional<Names> names) {}
