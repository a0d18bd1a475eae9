package dev.countersign.db.testing;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.ArrayList;
import java.util.List;

/**
 * Free ports of the loopback interface for programs that a test starts, which are told theirs
 * before they listen. Several JVMs run tests at once: each has a block of its own, held by
 * listening on its first port for as long as the JVM lives.
 */
public final class Ports {
  // Below the ports that Linux gives to outgoing connections, so that nobody takes one meanwhile
  private static final int FIRST = 20_000;
  private static final int BLOCK = 200;
  private static final int BLOCKS = 60;

  private static final ServerSocket HELD = hold();
  private static int next;

  private Ports() {}

  /** None of them is given out again before all of the block have been. */
  public static synchronized List<Integer> free(int count) {
    List<Integer> free = new ArrayList<>();
    for (int tried = 1; free.size() < count; tried++) {
      if (tried == BLOCK) {
        throw new IllegalStateException(
            "the " + BLOCK + " ports from " + HELD.getLocalPort() + " are all taken");
      }
      next = next % (BLOCK - 1) + 1;
      int port = HELD.getLocalPort() + next;
      try (ServerSocket socket = listening(port)) {
        free.add(socket.getLocalPort());
      } catch (IOException e) {
        // Taken
      }
    }
    return free;
  }

  private static ServerSocket hold() {
    for (int block = 0; block < BLOCKS; block++) {
      try {
        return listening(FIRST + block * BLOCK);
      } catch (IOException e) {
        // Another JVM's
      }
    }
    throw new IllegalStateException(
        "no block of ports is free from " + FIRST + ": end the tests that still run");
  }

  private static ServerSocket listening(int port) throws IOException {
    ServerSocket socket = new ServerSocket();
    socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
    return socket;
  }
}
