package dev.countersign.client.tls;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;

/** Where nobody listens, the log hears it: that of the JDK, which brings no library along. */
final class LoggingListener implements MutualTlsListener {
  private static final Logger LOG = System.getLogger("dev.countersign.client.tls");

  @Override
  public void refused(PeerRefused why) {
    LOG.log(Level.INFO, "{0}: {1}", why.reason(), why.getMessage());
  }

  @Override
  public void cutOff(Object connection, PeerRefused why) {
    LOG.log(Level.WARNING, "A live connection is cut. {0}: {1}", why.reason(), why.getMessage());
  }

  @Override
  public void loaded(MutualTls.Status status) {
    LOG.log(
        Level.INFO,
        "Loaded generation {0} of {1}: certificate {2}, valid until {3}",
        Long.toString(status.generation()),
        status.identity(),
        status.serial(),
        status.notAfter());
  }

  @Override
  public void trouble(String what) {
    LOG.log(Level.WARNING, what);
  }
}
