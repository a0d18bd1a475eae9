package dev.countersign.client;

import dev.countersign.client.ClientException.Kind;
import dev.countersign.client.PathCheck.BrokenPathException;
import dev.countersign.pki.Certificate;
import dev.countersign.pki.PrivateKeys;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.security.KeyPair;
import java.security.PrivateKey;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;

/**
 * One whole generation of a credential, as read from its folder.
 *
 * @param folder the folder of this generation, which later generations do not change
 * @param chain the CA certificates from the issuer upwards, without the root
 * @param roots what to trust
 */
public record Credential(
    Path folder,
    long generation,
    CredentialInfo info,
    Certificate certificate,
    List<Certificate> chain,
    List<Certificate> roots) {

  private static final Set<PosixFilePermission> OTHERS =
      Set.of(PosixFilePermission.OTHERS_READ, PosixFilePermission.OTHERS_WRITE);

  public PrivateKey privateKey() {
    Path file = folder.resolve(CredentialFolder.KEY);
    try {
      byte[] pem = GenerationReader.checked(folder, info, CredentialFolder.KEY);
      KeyPair key = PrivateKeys.parsePem(new String(pem, StandardCharsets.US_ASCII));
      if (Arrays.equals(key.getPublic().getEncoded(), certificate.publicKeyInfo())) {
        return key.getPrivate();
      }
      throw new IllegalArgumentException("the key of another certificate");
    } catch (GenerationReader.DamagedException e) {
      throw new ClientException(
          Kind.LOCAL_FILES, folder + ": " + e.reason() + ". " + recovery(), e);
    } catch (IOException e) {
      throw LocalFiles.failure("read the private key", file, e);
    } catch (IllegalArgumentException e) {
      throw new ClientException(
          Kind.LOCAL_FILES,
          file + " is not the private key of the certificate beside it. " + recovery(),
          e);
    }
  }

  /** Whether others than the owner and the group may read the private key, which we never allow. */
  public boolean isKeyOpenToOthers() {
    Path file = folder.resolve(CredentialFolder.KEY);
    try {
      return Files.getPosixFilePermissions(file, LinkOption.NOFOLLOW_LINKS).stream()
          .anyMatch(OTHERS::contains);
    } catch (IOException e) {
      throw LocalFiles.failure("look at the private key's mode", file, e);
    }
  }

  private static String recovery() {
    return "Enrol again with a new string and --replace.";
  }

  /** Leaf first. */
  public List<Certificate> fullChain() {
    List<Certificate> all = new ArrayList<>();
    all.add(certificate);
    all.addAll(chain);
    return all;
  }

  /** The CAs whose revocation lists count here. */
  List<Certificate> issuers() {
    return issuers(chain, roots);
  }

  static List<Certificate> issuers(List<Certificate> chain, List<Certificate> roots) {
    List<Certificate> all = new ArrayList<>(chain);
    all.addAll(roots);
    return all;
  }

  /** The lists of {@code crl.pem} that can be believed; none if it cannot be read. */
  public RevocationLists revocationLists() {
    try {
      byte[] pem = GenerationReader.checked(folder, info, CredentialFolder.CRL);
      return RevocationLists.among(new String(pem, StandardCharsets.US_ASCII), issuers());
    } catch (IOException | BrokenPathException e) {
      return RevocationLists.NONE; // a renewal makes a damaged file anew
    }
  }

  public boolean isExpired(Instant now) {
    return now.isAfter(info.notAfter());
  }

  public Path keyStore() {
    return folder.resolve(CredentialFolder.KEY_STORE);
  }

  public Path trustStore() {
    return folder.resolve(CredentialFolder.TRUST_STORE);
  }
}
