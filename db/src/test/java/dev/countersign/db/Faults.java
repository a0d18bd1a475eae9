package dev.countersign.db;

import java.io.PrintWriter;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.sql.Statement;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.logging.Logger;
import javax.sql.DataSource;

/**
 * Breaks the commits of a writing connection, from outside: it stands between the program and the
 * driver, in the place of the driver.
 */
public final class Faults {

  /** What goes wrong at one commit. */
  public enum Fault {
    /** The connection breaks before the commit arrives: nothing is written. */
    LOST,
    /** The commit is done, and the connection breaks before the answer: the caller is told no. */
    UNACKNOWLEDGED,
    /** Another transaction won: nothing is written, and it may be tried again. */
    COLLISION,
    /** H2: the commit is in the file, and flushing it fails. */
    FLUSH_FAILS
  }

  private final Queue<Fault> atCommits = new ConcurrentLinkedQueue<>();
  private final AtomicInteger commits = new AtomicInteger();
  private final AtomicReference<Runnable> beforeCommit = new AtomicReference<>(() -> {});
  private volatile Runnable beforeFlush = () -> {};

  /** At the next commit; of several, one at each. */
  public void next(Fault fault) {
    atCommits.add(fault);
  }

  /** H2: runs between a commit and its flush. */
  public void beforeFlush(Runnable action) {
    beforeFlush = action;
  }

  /** Runs once, in the next transaction that is to be committed. */
  public void beforeNextCommit(Runnable action) {
    beforeCommit.set(action);
  }

  public void clear() {
    atCommits.clear();
    beforeCommit.set(() -> {});
    beforeFlush = () -> {};
  }

  /** How many commits were asked for until now. */
  public int commits() {
    return commits.get();
  }

  /** Opens a node whose writing connection has these faults. */
  public Database open(DatabaseSettings settings, FatalHandler fatal) {
    return Database.open(settings, fatal, Source::new);
  }

  private Connection faulty(Connection real) {
    return (Connection)
        Proxy.newProxyInstance(
            Faults.class.getClassLoader(),
            new Class<?>[] {Connection.class},
            (proxy, method, arguments) -> {
              if (method.getName().equals("commit")) {
                commit(real);
                return null;
              }
              Object result = invoke(method, real, arguments);
              return result instanceof Statement statement
                      && method.getName().equals("createStatement")
                  ? faulty(statement)
                  : result;
            });
  }

  private void commit(Connection real) throws SQLException {
    commits.incrementAndGet();
    beforeCommit.getAndSet(() -> {}).run();
    Fault fault = atCommits.peek();
    if (fault == Fault.FLUSH_FAILS) { // taken off by the flush
      real.commit();
      return;
    }
    atCommits.poll();
    if (fault == null) {
      real.commit();
      return;
    }
    switch (fault) {
      case LOST -> {
        real.rollback();
        real.close();
        throw new SQLException("broken before the commit", "08006", 50000);
      }
      case UNACKNOWLEDGED -> {
        real.commit();
        real.close();
        throw new SQLException("broken after the commit", "08006", 50000);
      }
      case COLLISION -> {
        real.rollback();
        throw new SQLException("serialization failure", "40001");
      }
      case FLUSH_FAILS -> throw new AssertionError();
    }
  }

  private Statement faulty(Statement real) {
    InvocationHandler handler =
        (proxy, method, arguments) -> {
          if (method.getName().equals("execute") && "checkpoint sync".equals(arguments[0])) {
            beforeFlush.run();
            if (atCommits.peek() == Fault.FLUSH_FAILS) {
              atCommits.poll();
              throw new SQLException("Could not sync file", "HY000", 50000);
            }
          }
          return invoke(method, real, arguments);
        };
    return (Statement)
        Proxy.newProxyInstance(
            Faults.class.getClassLoader(), new Class<?>[] {Statement.class}, handler);
  }

  private static Object invoke(Method method, Object on, Object[] arguments) throws Throwable {
    try {
      return method.invoke(on, arguments);
    } catch (InvocationTargetException e) {
      throw e.getCause();
    }
  }

  private final class Source implements DataSource {

    private final DataSource real;

    Source(DataSource real) {
      this.real = real;
    }

    @Override
    public Connection getConnection() throws SQLException {
      return faulty(real.getConnection());
    }

    @Override
    public Connection getConnection(String user, String password) throws SQLException {
      return faulty(real.getConnection(user, password));
    }

    @Override
    public PrintWriter getLogWriter() throws SQLException {
      return real.getLogWriter();
    }

    @Override
    public void setLogWriter(PrintWriter out) throws SQLException {
      real.setLogWriter(out);
    }

    @Override
    public void setLoginTimeout(int seconds) throws SQLException {
      real.setLoginTimeout(seconds);
    }

    @Override
    public int getLoginTimeout() throws SQLException {
      return real.getLoginTimeout();
    }

    @Override
    public Logger getParentLogger() throws SQLFeatureNotSupportedException {
      return real.getParentLogger();
    }

    @Override
    public <T> T unwrap(Class<T> type) throws SQLException {
      return real.unwrap(type);
    }

    @Override
    public boolean isWrapperFor(Class<?> type) throws SQLException {
      return real.isWrapperFor(type);
    }
  }
}
