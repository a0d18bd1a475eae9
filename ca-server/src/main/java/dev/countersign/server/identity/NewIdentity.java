package dev.countersign.server.identity;

import dev.countersign.pki.Names;
import java.util.Optional;

/** What an operator says of an identity to be added. */
public record NewIdentity(
    String name, String profile, Optional<Role> role, Optional<String> owner, Names names) {}
