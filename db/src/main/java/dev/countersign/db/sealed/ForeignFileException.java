package dev.countersign.db.sealed;

import java.io.IOException;

/** The file was made by H2 alone: it is the database of something else. */
public final class ForeignFileException extends IOException {

  private static final long serialVersionUID = 1;

  ForeignFileException() {
    super("H2 has made this file without seals");
  }
}
