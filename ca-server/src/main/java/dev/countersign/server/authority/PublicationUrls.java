package dev.countersign.server.authority;

import java.net.URI;

/**
 * Where relying parties fetch what concerns an issuer; these URLs are signed into certificates.
 *
 * @param base the plain HTTP listener as others reach it, without a slash at the end (RFC 5280 8: a
 *     client must be able to check revocation before it trusts TLS)
 */
public record PublicationUrls(URI base) {

  public PublicationUrls {
    String text = base.toString();
    if (!"http".equals(base.getScheme()) || base.getHost() == null || text.endsWith("/")) {
      throw new IllegalArgumentException(
          "The public URL of CRLs and OCSP is http://HOST[:PORT] without a slash at the end, not "
              + text);
    }
  }

  public String crl(String issuer) {
    return base + "/crl/" + issuer + ".crl";
  }

  /** The list of some of its serials; of one shard there is only the complete list. */
  public String crl(String issuer, CrlShards shards, int shard) {
    return shards.count() == 1 ? crl(issuer) : base + "/crl/" + issuer + "/" + shard + ".crl";
  }

  /** What has changed since an earlier complete list. */
  public String deltaCrl(String issuer) {
    return base + "/crl/" + issuer + "/delta.crl";
  }

  public String ocsp(String issuer) {
    return base + "/ocsp/" + issuer;
  }

  public String certificate(String issuer) {
    return base + "/ca/" + issuer + ".crt";
  }
}
