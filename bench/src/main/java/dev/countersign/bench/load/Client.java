package dev.countersign.bench.load;

import dev.countersign.bench.load.HttpConnection.Answer;
import dev.countersign.bench.load.Load.Shot;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** One connection, made again when it is broken, and the tally of what was sent over it. */
final class Client implements AutoCloseable {
  // A server that is gone is not asked for ever.
  private static final int MOST_BROKEN_IN_A_ROW = 100;

  private final Load load;
  private final int number;
  private final Tally tally = new Tally();
  private volatile @Nullable HttpConnection connection;
  private int brokenInARow;

  Client(Load load, int number) {
    this.load = load;
    this.number = number;
  }

  Tally tally() {
    return tally;
  }

  void connect() throws IOException {
    connection = load.connect(number);
  }

  @Nullable Shot next() {
    return load.next(number);
  }

  /**
   * Sends one request and waits for its answer.
   *
   * @param since when the time of the request began, of {@link System#nanoTime}
   */
  void send(Shot shot, long since) throws IOException {
    Answer answer;
    try {
      HttpConnection open = connection;
      if (open == null) {
        open = load.connect(number);
        connection = open;
      }
      answer = load.keeps() ? open.ask(shot.request()) : open.skim(shot.request());
    } catch (IOException e) {
      close();
      tally.broken();
      if (++brokenInARow >= MOST_BROKEN_IN_A_ROW) {
        throw new IOException(
            MOST_BROKEN_IN_A_ROW + " connections in a row came to nothing: " + e.getMessage(), e);
      }
      return;
    }
    long took = System.nanoTime() - since;
    brokenInARow = 0;
    if (answer.isRefusal()) {
      tally.refused(took, answer.retryAfter());
    } else if (answer.isSuccess()) {
      tally.accepted(took);
      if (load.keeps()) {
        load.answered(shot, answer.body());
      }
    } else {
      throw new IOException("a request was answered with " + answer);
    }
  }

  @Override
  public void close() throws IOException {
    HttpConnection open = connection;
    connection = null;
    if (open != null) {
      open.close();
    }
  }
}
