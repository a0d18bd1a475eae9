package dev.countersign.server.config;

import org.jspecify.annotations.Nullable;

/**
 * A PostgreSQL database.
 *
 * @param url {@code jdbc:postgresql://host/database}
 * @param passwordFile the only place for the password: never this file, never an argument
 */
public record DatabaseConfig(String url, @Nullable String user, @Nullable String passwordFile) {
  public DatabaseConfig {
    Members.required(url, "url");
    Members.check(
        url.startsWith("jdbc:postgresql:"),
        "url must start with jdbc:postgresql: (leave 'database' out for the embedded one)");
    Members.check(
        !url.toLowerCase(java.util.Locale.ROOT).contains("password="),
        "url must not carry a password: put it into a file and name that as passwordFile");
  }
}
