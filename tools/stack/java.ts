import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

export function java(): string {
  const home = process.env.JAVA_HOME;
  return home === undefined || home === '' ? 'java' : join(home, 'bin', 'java');
}

/**
 * For a JVM of a system that lives for minutes: under load the optimising compiler took half of the broker's CPU time and never
 * paid it back, and a heap this small needs no concurrent collector.
 */
export const shortLivedJvm = ['-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1', '-Djava.net.preferIPv4Stack=true'];

/** Writes the log4j settings beside the component's data and returns the JVM's argument for them. */
export function logging(directory: string): string {
  const file = join(directory, 'log4j.properties');
  writeFileSync(
    file,
    `log4j.rootLogger=INFO, stdout
log4j.appender.stdout=org.apache.log4j.ConsoleAppender
log4j.appender.stdout.layout=org.apache.log4j.PatternLayout
log4j.appender.stdout.layout.ConversionPattern=%d{ISO8601} %-5p %c{1} - %m%n
log4j.logger.org.apache.zookeeper=WARN
log4j.logger.state.change.logger=WARN
log4j.logger.kafka.request.logger=WARN
`,
  );
  return `-Dlog4j.configuration=file:${file}`;
}
