package dev.countersign.server.lease;

import org.jdbi.v3.core.Handle;

/** SQL of leases. Each method is part of a transaction that its caller owns. */
final class LeaseStore {

  static final int TERM_SECONDS = 30;

  private static final String ITS_END =
      "current_timestamp + interval '" + TERM_SECONDS + "' second";

  private LeaseStore() {}

  /** Of those that ask at once, whoever changes the row first. */
  static boolean take(Handle handle, String name, String holder) {
    return change(
            handle,
            "update lease set holder = :holder, held_until = "
                + ITS_END
                + " where name = :name and (holder = :holder or held_until <= current_timestamp)",
            name,
            holder)
        || change(
            handle,
            "insert into lease (name, holder, held_until) values (:name, :holder, "
                + ITS_END
                + ") on conflict do nothing",
            name,
            holder);
  }

  static boolean release(Handle handle, String name, String holder) {
    return change(
        handle,
        "update lease set held_until = current_timestamp where name = :name and holder = :holder",
        name,
        holder);
  }

  private static boolean change(Handle handle, String sql, String name, String holder) {
    return handle.createUpdate(sql).bind("name", name).bind("holder", holder).execute() == 1;
  }
}
