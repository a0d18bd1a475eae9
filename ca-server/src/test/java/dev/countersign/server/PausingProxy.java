package dev.countersign.server;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** Hands on what two ends say to each other, until it is told to hold everything back. */
final class PausingProxy implements AutoCloseable {
  private final ServerSocket door;
  private final int target;
  private final Set<Socket> open = ConcurrentHashMap.newKeySet();
  private final Object turn = new Object();
  private boolean paused;

  PausingProxy(int target) {
    this.target = target;
    try {
      door = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    run(this::accept);
  }

  int port() {
    return door.getLocalPort();
  }

  /** No connection is closed, and none answers. */
  void pause() {
    synchronized (turn) {
      paused = true;
    }
  }

  void resume() {
    synchronized (turn) {
      paused = false;
      turn.notifyAll();
    }
  }

  private static void run(Runnable work) {
    Thread thread = new Thread(work, "pausing-proxy");
    thread.setDaemon(true);
    thread.start();
  }

  private void accept() {
    try {
      while (true) {
        Socket near = door.accept();
        Socket far = new Socket(InetAddress.getLoopbackAddress(), target);
        open.add(near);
        open.add(far);
        run(() -> pump(near, far));
        run(() -> pump(far, near));
      }
    } catch (IOException e) {
      // closed
    }
  }

  private void pump(Socket from, Socket to) {
    byte[] buffer = new byte[8192];
    try (from;
        to) {
      for (int length = from.getInputStream().read(buffer);
          length >= 0;
          length = from.getInputStream().read(buffer)) {
        awaitTurn();
        to.getOutputStream().write(buffer, 0, length);
      }
    } catch (IOException e) {
      // one end has gone
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void awaitTurn() throws InterruptedException {
    synchronized (turn) {
      while (paused) {
        turn.wait();
      }
    }
  }

  @Override
  public void close() throws IOException {
    resume();
    door.close();
    for (Socket socket : open) {
      socket.close();
    }
  }
}
