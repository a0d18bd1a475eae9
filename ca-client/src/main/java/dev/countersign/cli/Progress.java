package dev.countersign.cli;

import dev.countersign.client.Notices;
import java.io.PrintStream;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Hears what the library is about to do. On a terminal, work that takes over a second is shown in
 * one line that is taken away at the end; elsewhere only what is odd is told.
 */
final class Progress implements Notices, AutoCloseable {
  private static final long PATIENCE_MILLIS = 1000;

  private final Output output;
  private final PrintStream terminal;
  private final boolean shown;
  private final long began = System.nanoTime();
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition ended = lock.newCondition();
  private String doing = "";
  private boolean started;
  private boolean over;
  private int drawn;

  Progress(Output output, Surroundings surroundings, boolean wanted) {
    this.output = output;
    this.terminal = surroundings.streams().err();
    this.shown = wanted && surroundings.streams().errIsTerminal();
  }

  @Override
  public void working(String what) {
    lock.lock();
    try {
      doing = what;
      if (shown && !started) {
        started = true;
        Thread ticker = new Thread(this::tick, "progress");
        ticker.setDaemon(true);
        ticker.start();
      }
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void odd(String what) {
    lock.lock();
    try {
      erase();
      output.warn(what);
    } finally {
      lock.unlock();
    }
  }

  private void tick() {
    lock.lock();
    try {
      while (!over) {
        if (!ended.await(PATIENCE_MILLIS, TimeUnit.MILLISECONDS) && !over) {
          erase();
          String line =
              doing + " … " + TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - began) + " s";
          terminal.print(line);
          terminal.flush();
          drawn = line.length();
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      lock.unlock();
    }
  }

  private void erase() {
    if (drawn > 0) {
      terminal.print("\r" + " ".repeat(drawn) + "\r");
      terminal.flush();
      drawn = 0;
    }
  }

  @Override
  public void close() {
    lock.lock();
    try {
      over = true;
      ended.signalAll();
      erase();
    } finally {
      lock.unlock();
    }
  }
}
