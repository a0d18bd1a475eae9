package dev.countersign.server.keys;

import java.security.Provider;
import java.security.Security;
import java.util.Optional;
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

  /**
   * Who signs from now on.
   *
   * @param provider its name and version, for the log and for metrics
   * @param slowBecause why it is not the native one
   */
  public record Signing(String provider, Optional<String> slowBecause) {
    public boolean isNative() {
      return slowBecause.isEmpty();
    }
  }

  /** Whatever is the matter with the native one: the JDK's own do the same, more slowly. */
  public static synchronized Signing install() {
    try {
      Provider accp = (Provider) Class.forName(CLASS).getField("INSTANCE").get(null);
      if (Security.getProvider(accp.getName()) == null) {
        Optional<String> fault = fault(accp);
        if (fault.isPresent()) {
          return slow(fault.get());
        }
        Security.insertProviderAt(accp, 1);
      }
      return new Signing(describe(accp), Optional.empty());
    } catch (ClassNotFoundException e) {
      return slow("it is not on the class path");
    } catch (ReflectiveOperationException | LinkageError | RuntimeException e) {
      return slow(String.valueOf(e.getCause() == null ? e : e.getCause()));
    }
  }

  private static Optional<String> fault(Provider accp) throws ReflectiveOperationException {
    Object error = accp.getClass().getMethod("getLoadingError").invoke(accp);
    if (error != null) { // of another machine, damaged, or in a folder that nothing is run from
      return Optional.of("its library cannot be loaded (" + error + ")");
    }
    // Its known answers: what is wrong fails here, not in a signature
    Object status = accp.getClass().getMethod("runSelfTests").invoke(accp);
    return "PASSED".equals(String.valueOf(status))
        ? Optional.empty()
        : Optional.of("its self-test says " + status);
  }

  private static Signing slow(String reason) {
    LOG.warn("Native cryptography is not used, signatures are slower: {}", reason);
    Provider own = Security.getProviders("Signature.SHA256withECDSA")[0];
    return new Signing(describe(own), Optional.of(reason));
  }

  private static String describe(Provider provider) {
    return provider.getName() + " " + provider.getVersionStr();
  }
}
