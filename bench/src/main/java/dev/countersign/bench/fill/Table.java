package dev.countersign.bench.fill;

import java.util.List;

/** The tables that are filled, with the columns that are given. */
enum Table {
  IDENTITY("identity", "name", "profile", "state", "created_at"),
  IDENTITY_NAME("identity_name", "identity", "position_in_list", "kind", "san"),
  SUBJECT_KEY("subject_key", "key_hash", "identity", "denied"),
  CERTIFICATE(
      "certificate",
      "number",
      "serial",
      "der",
      "identity",
      "profile",
      "issuer",
      "subject",
      "key_hash",
      "not_before",
      "not_after",
      "status",
      "revoked_at",
      "revocation_reason",
      "revocation_sequence",
      "proof_kind",
      "proof_id",
      "retry_key",
      "retry_hash",
      "requested_by",
      "remote_address",
      "previous_serial",
      "lineage",
      "issued_at"),
  CERTIFICATE_NAME("certificate_name", "san", "certificate", "kind"),
  EVENT(
      "event",
      "number",
      "happened_at",
      "actor_kind",
      "actor_name",
      "remote_address",
      "action",
      "identity",
      "serial",
      "details"),
  DENIAL("denial", "issuer", "number", "serial", "not_after", "revoked_at", "revocation_reason");

  private final String table;
  private final List<String> columns;

  Table(String table, String... columns) {
    this.table = table;
    this.columns = List.of(columns);
  }

  String table() {
    return table;
  }

  List<String> columns() {
    return columns;
  }

  /** Whether the database would number its rows itself. */
  boolean isNumbered() {
    return this == CERTIFICATE || this == EVENT;
  }
}
