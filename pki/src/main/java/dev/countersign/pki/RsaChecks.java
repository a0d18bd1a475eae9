package dev.countersign.pki;

import dev.countersign.pki.InvalidRequestException.Fault;
import java.math.BigInteger;

/**
 * What an RSA public key must be before it is certified (CA/B Forum Baseline Requirements 6.1.6, SP
 * 800-89).
 */
final class RsaChecks {
  private static final int FEWEST_BITS = 2048;
  private static final int MOST_BITS = 8192;
  private static final BigInteger LEAST_EXPONENT = BigInteger.valueOf(65537);
  // Baseline Requirements allow to 2^256; verifying with a large one costs its length, and nobody
  // uses one.
  private static final int MOST_EXPONENT_BITS = 32;
  // SP 800-89 5.3.3: no factor smaller than 752.
  private static final int LEAST_FACTOR = 752;
  private static final BigInteger SMALL_PRIMES = productOfOddPrimes();
  // Baseline Requirements 6.1.1.3 (5): 100 rounds of Fermat's method.
  private static final int FERMAT_ROUNDS = 100;

  // ROCA (CVE-2017-15361): the primes were k*M + 65537^a mod M, M a product of the first primes,
  // 167 and up.
  private static final int[] ROCA_PRIMES = {
    3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37, 41, 43, 47, 53, 59, 61, 67, 71, 73, 79, 83, 89, 97,
    101, 103, 107, 109, 113, 127, 131, 137, 139, 149, 151, 157, 163, 167
  };
  private static final boolean[][] ROCA_RESIDUES = rocaResidues();

  private RsaChecks() {}

  static void check(BigInteger modulus, BigInteger exponent) throws InvalidRequestException {
    if (modulus.signum() <= 0) {
      throw refused("an RSA modulus that is not positive");
    }
    int bits = modulus.bitLength();
    // Which sizes in between, is for profiles to say
    if (bits < FEWEST_BITS) {
      throw refused(
          "an RSA key of "
              + bits
              + " bits, which is too weak: make one of at least "
              + FEWEST_BITS);
    }
    if (bits > MOST_BITS) {
      throw refused("an RSA key of " + bits + " bits: no program needs more than " + MOST_BITS);
    }
    if (!modulus.testBit(0)) {
      throw refused("an RSA modulus that is even");
    }
    if (exponent.compareTo(LEAST_EXPONENT) < 0
        || exponent.bitLength() > MOST_EXPONENT_BITS
        || !exponent.testBit(0)) {
      throw refused("an RSA public exponent that is not odd and from 65537 to 2^32");
    }
    if (!modulus.gcd(SMALL_PRIMES).equals(BigInteger.ONE)) {
      throw refused("an RSA modulus with a small factor");
    }
    if (isRoca(modulus)) {
      throw refused("an RSA key of a generator that makes factorable keys (ROCA, CVE-2017-15361)");
    }
    if (hasCloseFactors(modulus)) {
      throw refused("an RSA modulus whose factors are close to each other (CVE-2022-26320)");
    }
    // With a prime modulus anybody knows the private key. Last, as it costs one private operation.
    if (BigInteger.TWO.modPow(modulus.subtract(BigInteger.ONE), modulus).equals(BigInteger.ONE)) {
      throw refused("an RSA modulus that is prime");
    }
  }

  static boolean isRoca(BigInteger modulus) {
    for (int i = 0; i < ROCA_PRIMES.length; i++) {
      int residue = modulus.mod(BigInteger.valueOf(ROCA_PRIMES[i])).intValue();
      if (!ROCA_RESIDUES[i][residue]) {
        return false;
      }
    }
    return true;
  }

  static boolean hasCloseFactors(BigInteger modulus) {
    BigInteger[] root = modulus.sqrtAndRemainder();
    if (root[1].signum() == 0) {
      return true;
    }
    BigInteger a = root[0].add(BigInteger.ONE);
    BigInteger square = a.multiply(a).subtract(modulus);
    for (int i = 0; i < FERMAT_ROUNDS; i++) {
      if (mayBeSquare(square) && square.sqrtAndRemainder()[1].signum() == 0) {
        return true;
      }
      square = square.add(a.shiftLeft(1)).add(BigInteger.ONE);
      a = a.add(BigInteger.ONE);
    }
    return false;
  }

  /**
   * Squares are 0, 1, 4, 9, 16, 17, 25, 33, 36, 41, 49 or 57 modulo 64: most numbers need no root.
   */
  private static boolean mayBeSquare(BigInteger value) {
    return (0x0202021202030213L >>> (value.intValue() & 63) & 1) == 1;
  }

  private static BigInteger productOfOddPrimes() {
    BigInteger product = BigInteger.ONE;
    for (int n = 3; n < LEAST_FACTOR; n += 2) {
      if (BigInteger.valueOf(n).isProbablePrime(20)) {
        product = product.multiply(BigInteger.valueOf(n));
      }
    }
    return product;
  }

  private static boolean[][] rocaResidues() {
    boolean[][] residues = new boolean[ROCA_PRIMES.length][];
    for (int i = 0; i < residues.length; i++) {
      int prime = ROCA_PRIMES[i];
      residues[i] = new boolean[prime];
      int power = 1;
      do {
        residues[i][power] = true;
        power = power * (65537 % prime) % prime;
      } while (power != 1);
    }
    return residues;
  }

  private static InvalidRequestException refused(String why) {
    return new InvalidRequestException(Fault.BAD_PUBLIC_KEY, why);
  }
}
