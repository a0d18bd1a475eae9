# Sourced by scripts/countersign and scripts/countersignd: finds a JDK, builds on first use only, keeps an archive of
# loaded classes per JDK beside the program (so that it starts in half the time), and becomes the program.
# POSIX sh. A later use forks once or twice and runs no program but java.

say() { printf '%s: %s\n' "$program" "$1" >&2; }

die() {
  say "$1"
  exit 1
}

find_java() {
  if [ -n "${JAVA_HOME:-}" ]; then
    java=$JAVA_HOME/bin/java
    [ -x "$java" ] || die "JAVA_HOME is $JAVA_HOME, and there is no bin/java in it. Set it to a JDK 17 or later, or unset it."
  else
    java=$(command -v java) || die "no java on the path. Install a JDK 17 or later (Debian: apt install openjdk-17-jdk-headless), or set JAVA_HOME."
    java=$(readlink -f "$java")
  fi
  jdk=${java%/bin/java}
  version='' build='' architecture=''
  if [ -r "$jdk/release" ]; then
    # One read of a small file, where `java -version` would cost a second start of the JVM.
    while IFS='=' read -r key value; do
      value=${value#\"}
      case $key in
        JAVA_VERSION) version=${value%\"} ;;
        JAVA_RUNTIME_VERSION) build=${value%\"} ;;
        OS_ARCH) architecture=${value%\"} ;;
      esac
    done <"$jdk/release"
  fi
  if [ -z "$version" ]; then
    version=$("$java" -version 2>&1 | sed -n 's/.* version "\([^"]*\)".*/\1/p;')
  fi
  : "${build:=$version}"
  feature=${version%%[!0-9]*}
  [ "${feature:-0}" -ge 17 ] || die "needs Java 17 or later, but $java is Java ${version:-of an unknown version}. Set JAVA_HOME to a newer JDK."
}

# SBOM, licence report and Error Prone belong to a release, not to a first try: they are left out here.
build_program() {
  command -v mvn >/dev/null || die "it is not built yet, and there is no mvn on the path. Install Maven 3.8 or later, then try again."
  [ -x "$jdk/bin/javac" ] || die "it is not built yet, and $jdk is no JDK (it has no bin/javac). Set JAVA_HOME to a JDK 17 or later."
  mkdir -p "$root/target"
  # Two first uses at once must not build into the same folder.
  if command -v flock >/dev/null; then
    exec 9>"$root/target/.first-use"
    flock 9
  fi
  if [ -f "$jar" ]; then
    exec 9>&- # or the program would keep it for its whole life
    return
  fi
  say 'building it first, this once (mvn package) …'
  # Through a file: Maven ends its output with terminal codes also where no terminal is, whatever it is told about colours.
  log=$root/target/first-use.log
  (cd "$root" && JAVA_HOME=$jdk mvn -B -q -Dstyle.color=never -Dquick -DskipTests -Djacoco.skip -Dcyclonedx.skip -Dlicense.skipAddThirdParty \
    package -pl "$module" -am) >"$log" 2>&1 9>&- || {
    sed "s/$(printf '\033')\[[0-9;]*m//g" "$log" >&2
    die "the build failed; what Maven says is above. In $root: mvn -DskipTests package"
  }
  rm -f "$log"
  [ -f "$jar" ] || die "the build made no $jar"
  exec 9>&-
}

# An archive of the classes that one run has loaded: for Java 25 and later of what it knew about their methods too, and linked.
# Before 25 a static one: not -XX:ArchiveClassesAtExit, with which JDK 17.0.15 crashes. It crashes too on lambdas in jars that are
# signed: their lines are taken out of the list, and all lambdas if that is not enough. Whatever goes wrong, we run without an archive.
# The size is kept beside it: JDK 17 dies of SIGBUS on an archive that was cut off. An empty size says "tried in vain".
make_archive() {
  mkdir -p "$dist/cds" 2>/dev/null || return 0
  work=$(mktemp -d "$dist/cds/making.XXXXXX" 2>/dev/null) || return 0
  trap 'rm -rf "$work"; exit 130' INT TERM
  say "preparing a faster start with Java $version, this once …"
  size=''
  if train "$work" >/dev/null 2>&1 </dev/null && archive_of_run && [ -s "$work/archive" ]; then
    size=$(wc -c <"$work/archive")
    mv -f "$work/archive" "$archive"
  fi
  printf '%s\n' "$size" >"$archive.size"
  rm -rf "$work"
  trap - INT TERM
}

# recorded ARGUMENT…: becomes the one run of the program that the archive is made of.
recorded() {
  if [ "$feature" -ge 25 ]; then
    set -- -XX:AOTCacheOutput="$work/archive" -cp "$classpath" "$main" "$@"
  else
    set -- -Xshare:off -XX:DumpLoadedClassList="$work/classes" -cp "$classpath" "$main" "$@"
  fi
  # shellcheck disable=SC2086 # the flags are words
  exec "$java" $flags ${native:+"-Djava.library.path=$native"} "$@"
}

archive_of_run() {
  if [ "$feature" -ge 25 ]; then return; fi
  signed='org/bouncycastle\|com/amazon'
  for left_out in "@lambda.*\($signed\)" '@lambda'; do
    grep -v "$left_out" "$work/classes" >"$work/list" || return
    # shellcheck disable=SC2086 # the flags are words
    if "$java" -Xshare:dump -XX:SharedClassListFile="$work/list" -XX:SharedArchiveFile="$work/archive" \
      -XX:ErrorFile="$work/crash" $flags -cp "$classpath" >"$work/log" 2>&1 </dev/null; then return; fi
    rm -f "$work/archive"
  done
  return 1
}

# launch PROGRAM MODULE MAIN_CLASS FLAGS ARGUMENT…
launch() {
  program=$1 module=$2 main=$3 flags=$4
  shift 4
  find_java
  dist=$root/$module/target/dist
  jar=$dist/$program.jar
  [ -f "$jar" ] || build_program
  if [ "$feature" -ge 22 ]; then flags="$flags --enable-native-access=ALL-UNNAMED"; fi
  classpath=$jar # which names its libraries in its manifest
  # Out of its jar the native library would be copied into a temporary folder, and the copy hashed, at each start.
  native=''
  if [ -d "$dist/native/$architecture" ]; then
    native=$dist/native/$architecture
    flags="$flags -Dcom.amazon.corretto.crypto.provider.useExternalLib=true"
  fi
  archive=$dist/cds/$build.jsa use=-XX:SharedArchiveFile
  if [ "$feature" -ge 25 ]; then archive=$dist/cds/$build.aot use=-XX:AOTCache; fi
  if [ ! "$archive.size" -nt "$jar" ] && [ -z "${COUNTERSIGN_NO_ARCHIVE:-}" ]; then make_archive; fi
  size=''
  if [ -r "$archive.size" ] && [ -r "$archive" ]; then read -r size <"$archive.size" || :; fi
  if [ -n "$size" ] && [ "$size" -eq "$(wc -c <"$archive")" ]; then
    # The checksum costs 10 ms, and a damaged archive would be a crash without it.
    set -- "$use=$archive" -XX:+VerifySharedSpaces -cp "$classpath" "$main" "$@"
  else
    set -- -cp "$classpath" "$main" "$@"
  fi
  # -Xlog:disable: about an archive that it cannot use the JVM would talk on stdout, which is for data.
  # shellcheck disable=SC2086 # the flags are words
  exec "$java" -Xlog:disable $flags ${native:+"-Djava.library.path=$native"} ${COUNTERSIGN_JAVA_OPTIONS:-} "$@"
}
