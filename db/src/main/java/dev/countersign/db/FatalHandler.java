package dev.countersign.db;

import dev.countersign.db.sealed.DamagedBlockException;
import org.slf4j.LoggerFactory;

/**
 * What happens when it is no longer known what is on the disk. After a failed flush Linux may have
 * dropped the pages, and a second flush says "ok" without them: the only safe answer is none.
 */
@FunctionalInterface
public interface FatalHandler {

  /** Ends the process; is not expected to return. */
  void halt(String reason, Throwable cause);

  /** Logs, then ends the process without running shutdown hooks: they could write again. */
  static FatalHandler process() {
    return (reason, cause) -> {
      LoggerFactory.getLogger(FatalHandler.class)
          .error("Halting: {} {}", reason, nextStep(cause), cause);
      Runtime.getRuntime().halt(70); // EX_SOFTWARE of sysexits.h
    };
  }

  private static String nextStep(Throwable cause) {
    return SqlFaults.damage(cause)
        .map(DamagedBlockException::getMessage)
        .orElse(
            SqlFaults.isDiskFull(cause)
                ? "The disk is full: make room, then start again; what was confirmed is not lost."
                : "Start again: what was confirmed is not lost.");
  }
}
