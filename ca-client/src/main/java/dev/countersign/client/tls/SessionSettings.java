package dev.countersign.client.tls;

import java.util.Enumeration;
import java.util.function.Supplier;
import javax.net.ssl.SSLSession;
import javax.net.ssl.SSLSessionContext;
import org.jspecify.annotations.Nullable;

/** The sessions of the generation in force; what is set for them stays set for the next one. */
final class SessionSettings implements SSLSessionContext {
  private final Supplier<SSLSessionContext> inForce;
  private volatile @Nullable Integer timeout;
  private volatile @Nullable Integer cacheSize;

  SessionSettings(Supplier<SSLSessionContext> inForce) {
    this.inForce = inForce;
  }

  void applyTo(SSLSessionContext sessions) {
    Integer seconds = timeout;
    if (seconds != null) {
      sessions.setSessionTimeout(seconds);
    }
    Integer size = cacheSize;
    if (size != null) {
      sessions.setSessionCacheSize(size);
    }
  }

  @Override
  public @Nullable SSLSession getSession(byte[] sessionId) {
    return inForce.get().getSession(sessionId);
  }

  @Override
  public Enumeration<byte[]> getIds() {
    return inForce.get().getIds();
  }

  @Override
  public void setSessionTimeout(int seconds) {
    inForce.get().setSessionTimeout(seconds);
    timeout = seconds;
  }

  @Override
  public int getSessionTimeout() {
    return inForce.get().getSessionTimeout();
  }

  @Override
  public void setSessionCacheSize(int size) {
    inForce.get().setSessionCacheSize(size);
    cacheSize = size;
  }

  @Override
  public int getSessionCacheSize() {
    return inForce.get().getSessionCacheSize();
  }
}
