package dev.countersign.server.keys;

import java.security.Provider;
import java.security.Security;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Puts Amazon Corretto Crypto Provider before the others when it can be loaded and passes its
 * self-test. Nothing else in the code knows: a P-256 signature then takes 20 microseconds in place
 * of 700 or more.
 */
public final class NativeProvider {
  private static final Logger LOG = LoggerFactory.getLogger(NativeProvider.class);
  private static final String CLASS =
      "com.amazon.corretto.crypto.provider.AmazonCorrettoCryptoProvider";

  private NativeProvider() {}

  /** The name and version of the provider that signs from now on, for the log and for metrics. */
  public static synchronized String install() {
    try {
      Provider accp = (Provider) Class.forName(CLASS).getField("INSTANCE").get(null);
      if (Security.getProvider(accp.getName()) == null) {
        // Runs its known answers; a library that was built for another machine fails here, not in a
        // signature.
        Object status = accp.getClass().getMethod("runSelfTests").invoke(accp);
        if (!"PASSED".equals(String.valueOf(status))) {
          return fallback("its self-test says " + status);
        }
        Security.insertProviderAt(accp, 1);
      }
      return describe(accp);
    } catch (ReflectiveOperationException | LinkageError | RuntimeException e) {
      return fallback(String.valueOf(e.getCause() == null ? e : e.getCause()));
    }
  }

  private static String fallback(String reason) {
    LOG.info("Native cryptography is not used, signatures are slower: {}", reason);
    return describe(Security.getProviders("Signature.SHA256withECDSA")[0]);
  }

  private static String describe(Provider provider) {
    return provider.getName() + " " + provider.getVersionStr();
  }
}
