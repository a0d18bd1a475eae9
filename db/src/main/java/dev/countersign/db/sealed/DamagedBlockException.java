package dev.countersign.db.sealed;

import java.io.IOException;

/** What is in the file is not what was written there. */
public final class DamagedBlockException extends IOException {

  private static final long serialVersionUID = 1;

  private final long block;

  DamagedBlockException(String file, long block) {
    super(
        "Block "
            + block
            + " of "
            + file
            + " is not what was written there: put the file aside and restore a backup; countersignd"
            + " verify tells what is damaged.");
    this.block = block;
  }

  /** As H2 counts. */
  public long block() {
    return block;
  }
}
