package dev.countersign.bench.operations;

import dev.countersign.bench.load.Load;
import java.io.IOException;

/** One kind of request. */
public interface Operation {

  /** As in the table and in {@code --operations}. */
  String name();

  /** What is asked, in one line. */
  String meaning();

  /** What of it no server could save. */
  Floor floor();

  /** Makes the requests. */
  Load load(Target target, Extent extent) throws IOException, InterruptedException;

  /** The cryptography that a request costs at least. */
  enum Floor {
    /** One signature checked, that of the request for a certificate, and one made. */
    CHECK_AND_SIGN,
    /** One signature made. */
    SIGN,
    /** None: the answer was made before. */
    NONE
  }

  /** How many clients there will be, and for how long. */
  record Extent(int clients, double seconds) {
    // More than any server here does: requests that are left over cost time, missing ones the
    // measurement.
    private static final int MOST_PER_SECOND = 6000;
    private static final int MOST_PER_SECOND_OF_ONE = 1500;

    /** As many requests as may be sent, for those that are sent once. */
    public int most() {
      int perSecond = clients == 1 ? MOST_PER_SECOND_OF_ONE : MOST_PER_SECOND;
      return (int) Math.ceil(seconds * perSecond);
    }
  }
}
