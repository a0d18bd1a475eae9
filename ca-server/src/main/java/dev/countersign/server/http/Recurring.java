package dev.countersign.server.http;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.eclipse.jetty.util.component.AbstractLifeCycle;
import org.eclipse.jetty.util.thread.Scheduler;

/** Does something again and again while the listener runs. */
final class Recurring extends AbstractLifeCycle {
  private final Scheduler scheduler;
  private final Duration pause;
  private final Runnable work;
  private volatile Scheduler.Task next = () -> false;

  Recurring(Scheduler scheduler, Duration pause, Runnable work) {
    this.scheduler = scheduler;
    this.pause = pause;
    this.work = work;
  }

  @Override
  protected void doStart() throws Exception {
    super.doStart();
    schedule();
  }

  @Override
  protected void doStop() throws Exception {
    next.cancel();
    super.doStop();
  }

  private void schedule() {
    next = scheduler.schedule(this::run, pause.toMillis(), TimeUnit.MILLISECONDS);
  }

  private void run() {
    try {
      work.run();
    } finally {
      if (isStarting() || isRunning()) {
        schedule();
      }
    }
  }
}
