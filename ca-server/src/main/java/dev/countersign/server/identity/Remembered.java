package dev.countersign.server.identity;

import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

/**
 * What was read a while ago, and may not be so any more: for those alone who check it again where
 * it counts. Begins anew when it is full, which bounds it and needs no order.
 */
public final class Remembered<K, V> {
  private final ConcurrentMap<K, V> values = new ConcurrentHashMap<>();
  private final int most;

  public Remembered(int most) {
    this.most = most;
  }

  public Optional<V> get(K key) {
    return Optional.ofNullable(values.get(key));
  }

  public void put(K key, V value) {
    if (values.size() >= most) {
      values.clear();
    }
    values.put(key, value);
  }

  public void forget(K key) {
    values.remove(key);
  }
}
