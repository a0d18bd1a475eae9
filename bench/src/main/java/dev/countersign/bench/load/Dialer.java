package dev.countersign.bench.load;

import java.io.IOException;

/** Makes connections to one door of a server. */
public interface Dialer {
  HttpConnection connect() throws IOException;
}
