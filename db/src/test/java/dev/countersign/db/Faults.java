package dev.countersign.db;

import dev.countersign.db.journal.Journal;
import java.io.IOException;
import java.io.PrintWriter;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.logging.Logger;
import javax.sql.DataSource;
import org.h2.store.fs.FileBaseDefault;
import org.h2.store.fs.FilePath;
import org.h2.store.fs.FilePathWrapper;

/**
 * Breaks the commits of a writing connection, from outside: it stands between the program and the
 * driver, in the place of the driver. With H2 it is the journal that breaks, where a commit is
 * decided; there it stands between the program and the file.
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
    /** H2: the commit is in the journal, and flushing it fails. */
    FLUSH_FAILS
  }

  private static final Map<String, Faults> BREAKING = new ConcurrentHashMap<>(); // by file

  private final Queue<Fault> atCommits = new ConcurrentLinkedQueue<>();
  private final AtomicInteger commits = new AtomicInteger();
  private final AtomicReference<Runnable> beforeCommit = new AtomicReference<>(() -> {});
  private volatile Runnable beforeFlush = () -> {};

  /** At the next commit; of several, one at each. */
  public void next(Fault fault) {
    atCommits.add(fault);
  }

  /** H2: runs before the journal is flushed. */
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
    boolean embedded = settings.embeddedFile().isPresent();
    settings
        .embeddedFile()
        .ifPresent(
            file -> Journal.files(file).forEach(journal -> BREAKING.put(journal.toString(), this)));
    if (embedded) {
      FilePath.register(new JournalPath());
    }
    return Database.open(settings, fatal, real -> new Source(real, embedded));
  }

  private Connection faulty(Connection real, boolean embedded) {
    return (Connection)
        Proxy.newProxyInstance(
            Faults.class.getClassLoader(),
            new Class<?>[] {Connection.class},
            (proxy, method, arguments) -> {
              if (method.getName().equals("commit")) {
                commit(real, embedded);
                return null;
              }
              return invoke(method, real, arguments);
            });
  }

  private void commit(Connection real, boolean embedded) throws SQLException {
    commits.incrementAndGet();
    beforeCommit.getAndSet(() -> {}).run();
    if (embedded && atCommits.peek() != Fault.COLLISION) {
      real.commit();
      return;
    }
    Fault fault = atCommits.poll();
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

  /** In the place of H2's scheme {@code file:}. */
  public static final class JournalPath extends FilePathWrapper {

    @Override
    public String getScheme() {
      return "file";
    }

    @Override
    public FileChannel open(String mode) throws IOException {
      FileChannel file = super.open(mode);
      Faults faults = BREAKING.get(name.substring(name.indexOf(':') + 1));
      return faults == null || mode.equals("r") ? file : new BreakingFile(file, faults);
    }
  }

  private static final class BreakingFile extends FileBaseDefault {

    private final FileChannel file;
    private final Faults faults;
    private boolean holdsRecord;

    BreakingFile(FileChannel file, Faults faults) {
      this.file = file;
      this.faults = faults;
    }

    /** Zeros are written when the file is made, a header by whoever turns to it. */
    private static boolean isRecord(ByteBuffer source, long position) {
      return position > 0 && source.getInt(source.position()) != 0;
    }

    @Override
    public int write(ByteBuffer source, long position) throws IOException {
      if (isRecord(source, position)) {
        if (faults.atCommits.peek() == Fault.LOST) {
          faults.atCommits.poll();
          throw new IOException("broken before the write");
        }
        holdsRecord = true;
      }
      return file.write(source, position);
    }

    @Override
    public void force(boolean metaData) throws IOException {
      if (!holdsRecord) {
        file.force(metaData);
        return;
      }
      holdsRecord = false;
      faults.beforeFlush.run();
      if (faults.atCommits.peek() == Fault.FLUSH_FAILS) {
        faults.atCommits.poll();
        throw new IOException("the disk is gone");
      }
      file.force(metaData);
      if (faults.atCommits.peek() == Fault.UNACKNOWLEDGED) {
        faults.atCommits.poll();
        throw new IOException("broken after the flush");
      }
    }

    @Override
    public int read(ByteBuffer target, long position) throws IOException {
      return file.read(target, position);
    }

    @Override
    protected void implTruncate(long size) throws IOException {
      file.truncate(size);
    }

    @Override
    public long size() throws IOException {
      return file.size();
    }

    @Override
    protected void implCloseChannel() throws IOException {
      file.close();
    }
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
    private final boolean embedded;

    Source(DataSource real, boolean embedded) {
      this.real = real;
      this.embedded = embedded;
    }

    @Override
    public Connection getConnection() throws SQLException {
      return faulty(real.getConnection(), embedded);
    }

    @Override
    public Connection getConnection(String user, String password) throws SQLException {
      return faulty(real.getConnection(user, password), embedded);
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
