package dev.countersign.client.tls;

import static org.assertj.core.api.Assertions.assertThat;

import dev.countersign.client.testing.TestAuthority;
import dev.countersign.client.tls.Caller.Connection;
import dev.countersign.pki.Certificate;
import dev.countersign.pki.testing.TestCa;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Key, certificate, issuing CA and root change beneath services that talk to each other. */
class RenewalsTest {
  private static final Duration UNTIL_DUE = Duration.ofDays(25);
  private static final int RENEWALS = 100;
  private static final int AT_ISSUING = 30;
  private static final int AT_ROOT = 60;

  @TempDir Path folders;
  private TestAuthority authority;
  private Party orders;
  private Party billing;
  private volatile boolean done;
  private final List<Throwable> failed = new CopyOnWriteArrayList<>();
  private final Set<String> shownByBilling = ConcurrentHashMap.newKeySet();
  private volatile CountDownLatch eachOnce = new CountDownLatch(0);

  @BeforeEach
  void start() {
    authority = TestAuthority.start();
    orders = Party.enrolled(authority, folders, "orders");
    billing = Party.enrolled(authority, folders, "billing");
    orders.tls.accept(peers -> peers.identities("billing"));
    billing.tls.accept(peers -> peers.identities("orders"));
  }

  @AfterEach
  void stop() {
    orders.close();
    billing.close();
    authority.close();
  }

  @Test
  void no_request_fails_through_a_hundred_renewals_another_issuing_ca_and_another_root()
      throws Exception {
    Set<Certificate> used = new HashSet<>();
    try (Service service = Service.Kind.SOCKETS.start(orders.tls.context());
        Service https = Service.Kind.ENGINES.start(orders.tls.context())) {
      List<Thread> callers = new ArrayList<>();
      Caller sockets = Caller.Kind.SOCKETS.of(billing.tls.context(), "TLSv1.2");
      Caller engines = Caller.Kind.ENGINES.of(billing.tls.context(), "TLSv1.3");
      callers.add(calling(generation -> sockets.call(https)));
      callers.add(calling(generation -> engines.call(service)));
      callers.add(calling(reusing("TLSv1.3", service)));
      callers.add(calling(reusing("TLSv1.3", https)));
      for (int i = 1; i <= RENEWALS; i++) {
        authority.pass(UNTIL_DUE);
        if (i == AT_ISSUING) {
          authority.rotateIssuing();
        } else if (i == AT_ROOT) {
          changeRoot(callers.size());
        }
        keepUp();
        used.add(orders.credential().certificate());
        used.add(billing.credential().certificate());
        waitUntilEachHasCalled(callers.size());
      }
      done = true;
      for (Thread caller : callers) {
        caller.join();
      }
    }
    if (!failed.isEmpty()) {
      throw new AssertionError(failed.size() + " requests failed, the first:", failed.get(0));
    }
    assertThat(orders.troubles).isEmpty();
    assertThat(billing.troubles).isEmpty();
    assertThat(orders.refused).isEmpty();
    assertThat(billing.refused).isEmpty();
    assertThat(used).as("a new certificate for both, each time").hasSize(2 * RENEWALS);
    assertThat(shownByBilling).as("each was seen by the server").hasSizeGreaterThan(RENEWALS);
    assertThat(orders.credential().roots()).hasSize(1).contains(authority.ca().root());
  }

  private void keepUp() {
    orders.tls.keepUp();
    billing.tls.keepUp();
  }

  private void changeRoot(int callers) throws InterruptedException {
    keepUp();
    waitUntilEachHasCalled(callers);
    TestCa next = authority.prepareRoot();
    for (Party party : List.of(orders, billing)) {
      party.update();
      waitUntilEachHasCalled(callers); // one side trusts it, the other does not yet
    }
    authority.activateRoot(next);
    authority.pass(UNTIL_DUE);
    orders.tls.keepUp(); // one side has its certificate from it, the other does not yet
    waitUntilEachHasCalled(callers);
    billing.tls.keepUp();
    waitUntilEachHasCalled(callers);
    authority.retireRootsBefore(next);
    for (Party party : List.of(orders, billing)) {
      party.update();
      waitUntilEachHasCalled(callers);
    }
  }

  private interface Call {
    String call(long generation) throws IOException;
  }

  private Thread calling(Call call) {
    Thread thread =
        new Thread(
            () -> {
              CountDownLatch counted = eachOnce;
              while (!done) {
                CountDownLatch now = eachOnce;
                try {
                  shownByBilling.add(call.call(billing.tls.status().generation()));
                } catch (IOException | RuntimeException e) {
                  failed.add(e);
                }
                if (now != counted) {
                  counted = now;
                  now.countDown(); // this call began after the change
                }
              }
            },
            "test-caller");
    thread.setDaemon(true);
    thread.start();
    return thread;
  }

  /** Over one connection, as long as the credential does not change. */
  private Call reusing(String protocol, Service service) {
    return new Call() {
      private @Nullable Connection connection;
      private long of = -1;

      @Override
      public String call(long generation) throws IOException {
        Connection open = connection;
        if (open == null || of != generation) {
          if (open != null) {
            open.close();
          }
          open = Connection.open(billing.tls.context(), protocol, "localhost", service.port());
          connection = open;
          of = generation;
        }
        return open.call("/keep");
      }
    };
  }

  private void waitUntilEachHasCalled(int callers) throws InterruptedException {
    CountDownLatch latch = new CountDownLatch(callers);
    eachOnce = latch;
    assertThat(latch.await(60, TimeUnit.SECONDS)).as("calls come through: %s", failed).isTrue();
  }
}
