package dev.countersign.server;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.encoder.JsonEncoder;
import ch.qos.logback.classic.encoder.PatternLayoutEncoder;
import ch.qos.logback.classic.spi.Configurator;
import ch.qos.logback.classic.spi.ConfiguratorRank;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.ConsoleAppender;
import ch.qos.logback.core.encoder.Encoder;
import ch.qos.logback.core.spi.ContextAwareBase;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * Logs go to stderr, as text or, with {@code --log-format json} or {@code
 * COUNTERSIGN_LOG_FORMAT=json}, as one JSON object a line; stdout is for data. In code rather than
 * in a file, because reading one costs start-up time.
 */
@ConfiguratorRank(ConfiguratorRank.CUSTOM_NORMAL_PRIORITY)
public final class LogConfiguration extends ContextAwareBase implements Configurator {
  static final String FORMAT = "countersign.log.format";
  static final String LEVEL = "countersign.log.level";

  private static final String LEVEL_VARIABLE = "COUNTERSIGN_LOG_LEVEL";
  private static final String FORMAT_VARIABLE = "COUNTERSIGN_LOG_FORMAT";
  private static final List<String> LEVELS = List.of("DEBUG", "INFO", "WARN", "ERROR", "OFF");
  private static final List<String> FORMATS = List.of("text", "json");

  /** What is wrong with the settings, which are looked at before anything is logged. */
  static Optional<String> complaint() {
    String format = setting(FORMAT, FORMAT_VARIABLE);
    if (!format.isEmpty() && !FORMATS.contains(format.toLowerCase(Locale.ROOT))) {
      return Optional.of(FORMAT_VARIABLE + ": \"" + format + "\" is neither text nor json.");
    }
    String level = setting(LEVEL, LEVEL_VARIABLE);
    return level.isEmpty() || LEVELS.contains(level.toUpperCase(Locale.ROOT))
        ? Optional.empty()
        : Optional.of(
            LEVEL_VARIABLE + ": \"" + level + "\" is none of " + String.join(", ", LEVELS) + ".");
  }

  @Override
  public ExecutionStatus configure(LoggerContext context) {
    ConsoleAppender<ILoggingEvent> appender = new ConsoleAppender<>();
    appender.setContext(context);
    appender.setTarget("System.err");
    appender.setEncoder(encoder(context));
    appender.start();
    var root = context.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
    root.setLevel(Level.WARN);
    root.addAppender(appender);
    // What goes wrong in a migration is thrown as well, and explained where it is caught
    context.getLogger("org.flywaydb").setLevel(Level.OFF);
    context
        .getLogger("dev.countersign")
        .setLevel(Level.toLevel(setting(LEVEL, LEVEL_VARIABLE), Level.INFO));
    context
        .getLogger("countersign")
        .setLevel(Level.toLevel(setting(LEVEL, LEVEL_VARIABLE), Level.INFO));
    return ExecutionStatus.DO_NOT_INVOKE_NEXT_IF_ANY;
  }

  private static Encoder<ILoggingEvent> encoder(LoggerContext context) {
    if (setting(FORMAT, FORMAT_VARIABLE).equalsIgnoreCase("json")) {
      JsonEncoder json = new JsonEncoder();
      json.setContext(context);
      json.start();
      return json;
    }
    PatternLayoutEncoder text = new PatternLayoutEncoder();
    text.setContext(context);
    text.setPattern("%d{yyyy-MM-dd'T'HH:mm:ss.SSSXXX} %-5level %logger{0} [%X{request:--}] %msg%n");
    text.start();
    return text;
  }

  private static String setting(String property, String variable) {
    String value = System.getProperty(property, System.getenv(variable));
    return value == null ? "" : value;
  }
}
