package dev.countersign.pki;

import java.security.MessageDigest;
import java.util.Arrays;

/**
 * One block of a PEM text; its content may be secret, so that {@link #toString()} shows only the
 * label.
 */
@SuppressWarnings("ArrayRecordComponent") // copied on the way in and out
public record PemBlock(String label, byte[] content) {
  public PemBlock {
    content = content.clone();
  }

  @Override
  public byte[] content() {
    return content.clone();
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof PemBlock block
        && label.equals(block.label)
        && MessageDigest.isEqual(content, block.content);
  }

  @Override
  public int hashCode() {
    return 31 * label.hashCode() + Arrays.hashCode(content);
  }

  @Override
  public String toString() {
    return "PEM block " + label;
  }
}
