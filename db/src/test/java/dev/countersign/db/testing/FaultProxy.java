package dev.countersign.db.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Stands between a server and its PostgreSQL, hands on what they say, and is told to do it badly.
 */
public final class FaultProxy implements AutoCloseable {
  private static final String COMMIT = "COMMIT"; // as the driver spells it

  private enum AtCommit {
    LOST,
    UNANSWERED
  }

  private final int port;
  private final int target;
  private final Set<Link> open = ConcurrentHashMap.newKeySet();
  private final Object turn = new Object();
  private final AtomicReference<@Nullable AtCommit> atCommit = new AtomicReference<>();
  private volatile CountDownLatch commitBroken = new CountDownLatch(0);
  private volatile Duration delay = Duration.ZERO;
  private ServerSocket door; // guarded by this
  private boolean hanging; // guarded by turn

  /**
   * Begins to listen.
   *
   * @param target a port of this machine
   */
  public FaultProxy(int target) {
    this.target = target;
    this.port = Ports.free(1).get(0);
    this.door = listen();
  }

  /** Where it listens, whatever it is told. */
  public int port() {
    return port;
  }

  /** All is well again: what was held back is handed on, and who comes is let in. */
  public synchronized void pass() {
    delay = Duration.ZERO;
    if (door.isClosed()) {
      door = listen();
    }
    letOn();
  }

  private void letOn() {
    synchronized (turn) {
      hanging = false;
      open.forEach(link -> link.stalled = false);
      turn.notifyAll();
    }
  }

  /** Whoever comes is turned away, as by a machine on which nothing runs; open ones are cut. */
  public synchronized void refuse() throws IOException {
    door.close();
    cut();
  }

  /** Breaks all connections off; new ones are let through. */
  public void cut() {
    open.forEach(Link::cut);
  }

  /** Connections come about and stay, and nothing is handed on. */
  public void hang() {
    synchronized (turn) {
      hanging = true;
    }
  }

  /** Nothing is handed on over the connections that there are; new ones are as ever. */
  public void hangOpen() {
    synchronized (turn) {
      open.forEach(link -> link.stalled = true);
    }
  }

  /** Everything takes this much longer, in each direction. */
  public void delay(Duration longer) {
    delay = longer;
  }

  /** The connection of the next commit is cut before the commit arrives. */
  public void loseNextCommit() {
    atNextCommit(AtCommit.LOST);
  }

  /** The next commit is done, and its connection is cut before the answer. */
  public void cutAfterNextCommit() {
    atNextCommit(AtCommit.UNANSWERED);
  }

  private void atNextCommit(AtCommit fault) {
    commitBroken = new CountDownLatch(1);
    atCommit.set(fault);
  }

  /** Counted down when what was asked of the next commit has come to pass. */
  public CountDownLatch commitBroken() {
    return commitBroken;
  }

  private ServerSocket listen() {
    try {
      ServerSocket socket = new ServerSocket();
      socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
      run(() -> accept(socket));
      return socket;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void run(Runnable work) {
    Thread thread = new Thread(work, "fault-proxy");
    thread.setDaemon(true);
    thread.start();
  }

  private void accept(ServerSocket at) {
    try {
      while (true) {
        Link link = new Link(at.accept());
        open.add(link);
        run(link::connect);
      }
    } catch (IOException e) {
      // Closed
    }
  }

  private void awaitTurn(Link link) throws InterruptedException {
    synchronized (turn) {
      while (hanging || link.stalled) {
        turn.wait();
      }
    }
    LockSupport.parkNanos(delay.toNanos());
  }

  @Override
  public synchronized void close() throws IOException {
    door.close();
    cut();
    letOn();
  }

  /** One connection, and the one that it stands for. */
  private final class Link {
    private final Socket near;
    private final Socket far = new Socket();
    private volatile boolean committing;
    private boolean stalled; // guarded by turn
    private String prepared = ""; // of the thread that reads requests

    Link(Socket near) {
      this.near = near;
    }

    void connect() {
      try {
        awaitTurn(this);
        far.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), target));
        run(() -> pump(far, near, false));
        pump(near, far, true);
      } catch (IOException e) {
        cut();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }

    private void pump(Socket from, Socket to, boolean isRequest) {
      byte[] buffer = new byte[8192];
      try {
        for (int length = from.getInputStream().read(buffer);
            length >= 0;
            length = from.getInputStream().read(buffer)) {
          awaitTurn(this);
          if (isRequest ? isLost(buffer, length) : committing) {
            break;
          }
          to.getOutputStream().write(buffer, 0, length);
        }
      } catch (IOException e) {
        // One end has gone
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
      cut();
      if (committing) {
        commitBroken.countDown();
      }
    }

    /** A commit is a message by itself: each waits for the answer to the one before. */
    private boolean isLost(byte[] buffer, int length) {
      if (!isCommit(new String(buffer, 0, length, StandardCharsets.ISO_8859_1))) {
        return false;
      }
      AtCommit fault = atCommit.getAndSet(null);
      committing = fault != null;
      return fault == AtCommit.LOST;
    }

    /** Either its text, or the name that the driver has given it, which comes before the text. */
    private boolean isCommit(String message) {
      int text = message.indexOf("\0" + COMMIT + "\0");
      if (text >= 0) {
        // Parse: a letter, four bytes of length, the name
        prepared = message.substring(message.lastIndexOf('P', text) + 5, text);
      }
      boolean bound = !prepared.isEmpty() && message.contains("\0" + prepared + "\0");
      return text >= 0 || bound;
    }

    void cut() {
      open.remove(this);
      for (Socket socket : new Socket[] {near, far}) {
        try {
          if (!socket.isClosed() && socket.isConnected()) {
            socket.setSoLinger(true, 0); // a reset: what is under way is lost
          }
          socket.close();
        } catch (IOException e) {
          // Gone
        }
      }
    }
  }
}
