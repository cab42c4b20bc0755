import { SMTPServer } from 'smtp-server';

/*
 * The world's mail server during a benchmark: accepts everything, keeps a count. A process of its own, so that its work is
 * not mistaken for the load generator's; prints its port, and on SIGTERM how many messages it took.
 */
let accepted = 0;

const server = new SMTPServer({
  authOptional: true,
  disabledCommands: ['STARTTLS', 'AUTH'],
  disableReverseLookup: true,
  logger: false,
  onData(stream, _session, callback) {
    stream.resume();
    stream.on('end', () => {
      accepted += 1;
      callback(null);
    });
  },
});

server.listen(0, '127.0.0.1', () => {
  const address = server.server.address();
  if (address === null || typeof address === 'string') throw new Error('the SMTP sink has no port');
  process.stdout.write(`${JSON.stringify({ port: address.port })}\n`);
});

process.on('SIGTERM', () => {
  process.stdout.write(`${JSON.stringify({ accepted })}\n`, () => process.exit(0));
});
