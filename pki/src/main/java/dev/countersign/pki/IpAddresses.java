package dev.countersign.pki;

import dev.countersign.pki.InvalidRequestException.Fault;
import java.util.ArrayList;
import java.util.List;

/** IP addresses as text (RFC 5952 for version 6), read without ever asking a resolver. */
final class IpAddresses {
  private static final int V4 = 4;
  private static final int V6 = 16;
  // Longer than any address; a bound before anything is split.
  private static final int LONGEST = 45;

  private IpAddresses() {}

  static String canonical(String text) throws InvalidRequestException {
    return toText(parse(text));
  }

  /** The octets of a canonical address. */
  static byte[] toBytes(String canonical) {
    try {
      return parse(canonical);
    } catch (InvalidRequestException e) {
      throw new IllegalArgumentException(e.detail(), e);
    }
  }

  /** The text of an iPAddress of a GeneralName. */
  static String canonical(byte[] octets) throws InvalidRequestException {
    if (octets.length != V4 && octets.length != V6) {
      throw new InvalidRequestException(
          Fault.BAD_NAME, "an IP address of " + octets.length + " octets");
    }
    return canonical(toText(octets));
  }

  static String toText(byte[] octets) {
    if (octets.length == V4) {
      return (octets[0] & 0xff)
          + "."
          + (octets[1] & 0xff)
          + "."
          + (octets[2] & 0xff)
          + "."
          + (octets[3] & 0xff);
    }
    int[] groups = new int[8];
    for (int i = 0; i < 8; i++) {
      groups[i] = ((octets[2 * i] & 0xff) << 8) | (octets[2 * i + 1] & 0xff);
    }
    // RFC 5952 4.2: the first of the longest runs of two or more zero groups is shortened.
    int runStart = -1;
    int runLength = 1;
    for (int i = 0; i < 8; i++) {
      int end = i;
      while (end < 8 && groups[end] == 0) {
        end++;
      }
      if (end - i > runLength) {
        runStart = i;
        runLength = end - i;
      }
      i = Math.max(i, end - 1);
    }
    StringBuilder out = new StringBuilder();
    for (int i = 0; i < 8; i++) {
      if (i == runStart) {
        out.append("::");
        i += runLength - 1;
        continue;
      }
      if (out.length() > 0 && out.charAt(out.length() - 1) != ':') {
        out.append(':');
      }
      out.append(Integer.toHexString(groups[i]));
    }
    return out.toString();
  }

  private static byte[] parse(String text) throws InvalidRequestException {
    if (text.length() > LONGEST) {
      throw refused(text, "it is too long");
    }
    return text.indexOf(':') >= 0 ? parse6(text) : parse4(text);
  }

  private static byte[] parse4(String text) throws InvalidRequestException {
    String[] parts = text.split("\\.", -1);
    if (parts.length != V4) {
      throw refused(text, "it does not have four numbers");
    }
    byte[] octets = new byte[V4];
    for (int i = 0; i < V4; i++) {
      // A leading zero means octal to some readers.
      if (!parts[i].matches("0|[1-9][0-9]{0,2}") || Integer.parseInt(parts[i]) > 255) {
        throw refused(text, "its numbers must be 0 to 255, without leading zeros");
      }
      octets[i] = (byte) Integer.parseInt(parts[i]);
    }
    return octets;
  }

  private static byte[] parse6(String text) throws InvalidRequestException {
    int gap = text.indexOf("::");
    List<Integer> head = groups(text, gap < 0 ? text : text.substring(0, gap), gap < 0);
    List<Integer> tail = gap < 0 ? List.of() : groups(text, text.substring(gap + 2), true);
    int given = head.size() + tail.size();
    if (gap < 0 ? given != 8 : given > 7) {
      throw refused(text, "it does not have eight groups");
    }
    byte[] octets = new byte[V6];
    for (int i = 0; i < head.size(); i++) {
      put(octets, i, head.get(i));
    }
    for (int i = 0; i < tail.size(); i++) {
      put(octets, 8 - tail.size() + i, tail.get(i));
    }
    boolean mapped = (octets[10] & octets[11]) == -1;
    for (int i = 0; i < 10; i++) {
      mapped &= octets[i] == 0;
    }
    if (mapped) {
      // RFC 4291 2.5.5.2. Some programs take it for the IPv4 address, some do not.
      throw refused(text, "it stands for an IPv4 address: write that one");
    }
    return octets;
  }

  private static List<Integer> groups(String whole, String part, boolean mayEndInV4)
      throws InvalidRequestException {
    List<Integer> groups = new ArrayList<>();
    if (part.isEmpty()) {
      return groups;
    }
    String[] texts = part.split(":", -1);
    for (int i = 0; i < texts.length; i++) {
      if (mayEndInV4 && i == texts.length - 1 && texts[i].indexOf('.') >= 0) {
        byte[] v4 = parse4(texts[i]);
        groups.add(((v4[0] & 0xff) << 8) | (v4[1] & 0xff));
        groups.add(((v4[2] & 0xff) << 8) | (v4[3] & 0xff));
      } else if (texts[i].matches("[0-9a-fA-F]{1,4}")) {
        groups.add(Integer.parseInt(texts[i], 16));
      } else {
        throw refused(whole, "its groups must be one to four hexadecimal digits");
      }
    }
    return groups;
  }

  private static void put(byte[] octets, int group, int value) {
    octets[2 * group] = (byte) (value >>> 8);
    octets[2 * group + 1] = (byte) value;
  }

  private static InvalidRequestException refused(String text, String why) {
    return new InvalidRequestException(
        Fault.BAD_NAME, "'" + SafeText.of(text) + "' is not an IP address: " + why);
  }
}
