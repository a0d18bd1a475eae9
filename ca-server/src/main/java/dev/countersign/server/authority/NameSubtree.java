package dev.countersign.server.authority;

import dev.countersign.pki.DerReader;
import dev.countersign.pki.DerWriter;
import dev.countersign.pki.InvalidRequestException;
import dev.countersign.pki.MalformedDerException;
import dev.countersign.pki.NameKind;
import dev.countersign.pki.Names;
import dev.countersign.pki.SubjectName;
import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/** A GeneralSubtree (RFC 5280 4.2.1.10): all names of one kind below a base. */
record NameSubtree(NameKind kind, String value) {
  private static final int EMAIL = 0x81;
  private static final int DNS = 0x82;
  private static final int URI_TAG = 0x86;
  private static final int IP = 0x87;

  static NameSubtree parse(String text) {
    int colon = text.indexOf(':');
    String kind = colon < 0 ? "" : text.substring(0, colon).toLowerCase(Locale.ROOT);
    String value = text.substring(colon + 1).strip();
    return switch (kind) {
      case "dns" -> new NameSubtree(NameKind.DNS, host(text, value));
      case "ip" -> new NameSubtree(NameKind.IP, network(text, value));
      case "email" -> new NameSubtree(NameKind.EMAIL, mailbox(text, value));
      case "uri" -> new NameSubtree(NameKind.URI, hostOrDomain(text, value));
      default ->
          throw new IllegalArgumentException(
              "The name constraint '"
                  + text
                  + "' is not understood: write dns:example.internal, ip:10.0.0.0/8,"
                  + " email:example.internal or uri:.example.internal.");
    };
  }

  private static String host(String whole, String value) {
    String canonical = canonical(whole, SubjectName.dns(value));
    if (canonical.startsWith("*")) {
      throw refused(whole, "a constraint holds for all names below it and needs no wildcard");
    }
    return canonical;
  }

  private static String hostOrDomain(String whole, String value) {
    return value.startsWith(".") ? "." + host(whole, value.substring(1)) : host(whole, value);
  }

  private static String mailbox(String whole, String value) {
    return value.contains("@")
        ? canonical(whole, SubjectName.email(value))
        : hostOrDomain(whole, value);
  }

  private static String network(String whole, String value) {
    int slash = value.indexOf('/');
    if (slash < 0 || !value.substring(slash + 1).matches("[0-9]{1,3}")) {
      throw refused(whole, "write a network as 10.0.0.0/8 or fd00::/8");
    }
    String address = canonical(whole, SubjectName.ip(value.substring(0, slash)));
    int prefix = Integer.parseInt(value.substring(slash + 1));
    byte[] octets = octets(address);
    if (prefix > 8 * octets.length) {
      throw refused(whole, "a prefix of at most " + 8 * octets.length + " bits");
    }
    byte[] mask = mask(octets.length, prefix);
    for (int i = 0; i < octets.length; i++) {
      if ((octets[i] & ~mask[i]) != 0) {
        throw refused(whole, "the address has bits set after the first " + prefix);
      }
    }
    return address + "/" + prefix;
  }

  private static IllegalArgumentException refused(String whole, String why) {
    return new IllegalArgumentException(
        "The name constraint '" + whole + "' is wrong: " + why + ".");
  }

  private static String canonical(String whole, SubjectName name) {
    try {
      return Names.canonical(name).value();
    } catch (InvalidRequestException e) {
      throw refused(whole, e.detail());
    }
  }

  static NameSubtree read(DerReader subtree) throws MalformedDerException {
    int tag = subtree.peekTag();
    byte[] base = subtree.content(tag);
    String text = new String(base, StandardCharsets.US_ASCII);
    return switch (tag) {
      case DNS -> new NameSubtree(NameKind.DNS, text);
      case EMAIL -> new NameSubtree(NameKind.EMAIL, text);
      case URI_TAG -> new NameSubtree(NameKind.URI, text);
      case IP -> new NameSubtree(NameKind.IP, network(base));
      default ->
          throw new IllegalArgumentException(
              String.format("a name constraint of a kind (%02x) that is not judged here", tag));
    };
  }

  private static String network(byte[] base) {
    int half = base.length / 2;
    byte[] mask = Arrays.copyOfRange(base, half, base.length);
    int prefix = 0;
    while (prefix < 8 * half && (mask[prefix / 8] & 0x80 >>> prefix % 8) != 0) {
      prefix++;
    }
    if ((half != 4 && half != 16) || !Arrays.equals(mask, mask(half, prefix))) {
      throw new IllegalArgumentException("a name constraint with an IP network of no prefix");
    }
    try {
      String address = InetAddress.getByAddress(Arrays.copyOf(base, half)).getHostAddress();
      return Names.canonical(SubjectName.ip(address)).value() + "/" + prefix;
    } catch (UnknownHostException | InvalidRequestException e) {
      throw new IllegalArgumentException("a name constraint with an unusable IP network", e);
    }
  }

  void write(DerWriter writer) {
    switch (kind) {
      case DNS -> writer.ascii(DNS, value);
      case EMAIL -> writer.ascii(EMAIL, value);
      case URI -> writer.ascii(URI_TAG, value);
      case IP -> {
        byte[] octets = octets(value.substring(0, value.indexOf('/')));
        byte[] base = Arrays.copyOf(octets, 2 * octets.length);
        System.arraycopy(mask(octets.length, prefix()), 0, base, octets.length, octets.length);
        writer.value(IP, base);
      }
    }
  }

  /** Whether a name, in its canonical spelling, lies in this subtree. */
  boolean contains(String name) {
    return switch (kind) {
      case DNS -> name.equals(value) || name.endsWith("." + value);
      case IP -> inNetwork(octets(name));
      case URI -> hostMatches(hostOf(name));
      case EMAIL ->
          value.contains("@")
              ? name.equals(value)
              : hostMatches(name.substring(name.lastIndexOf('@') + 1));
    };
  }

  /** Whether a name lies in this subtree or, as a wildcard, stands for one that does. */
  boolean touches(String name) {
    boolean wildcard = kind == NameKind.DNS && name.startsWith("*.");
    return contains(name) || (wildcard && value.endsWith(name.substring(1)));
  }

  private boolean hostMatches(String host) {
    return value.startsWith(".") ? host.endsWith(value) : host.equals(value);
  }

  /** RFC 5280 4.2.1.10: a URI without a host name is in no subtree. */
  private static String hostOf(String uri) {
    String authority = URI.create(uri).getRawAuthority();
    if (authority == null || authority.startsWith("[")) {
      return "";
    }
    int port = authority.indexOf(':');
    return port < 0 ? authority : authority.substring(0, port);
  }

  private boolean inNetwork(byte[] address) {
    byte[] base = octets(value.substring(0, value.indexOf('/')));
    if (base.length != address.length) {
      return false;
    }
    byte[] mask = mask(base.length, prefix());
    for (int i = 0; i < base.length; i++) {
      if ((address[i] & mask[i]) != base[i]) {
        return false;
      }
    }
    return true;
  }

  private int prefix() {
    return Integer.parseInt(value.substring(value.indexOf('/') + 1));
  }

  private static byte[] mask(int octets, int prefix) {
    byte[] mask = new byte[octets];
    for (int i = 0; i < prefix; i++) {
      mask[i / 8] |= (byte) (0x80 >>> i % 8);
    }
    return mask;
  }

  /** The octets as they would stand in a certificate: four for version 4, sixteen for version 6. */
  private static byte[] octets(String address) {
    try {
      byte[] names = Names.of(List.of(SubjectName.ip(address))).toGeneralNames();
      return Arrays.copyOfRange(names, 4, names.length);
    } catch (InvalidRequestException e) {
      throw new IllegalArgumentException(e.detail(), e);
    }
  }
}
