package dev.countersign.server.identity;

import java.util.Optional;

/** The role that is to be had; empty takes it away. */
public record RoleChange(Optional<Role> to) {}
