import { createServer } from 'node:http';
import { connect } from 'node:net';

const [host, port] = process.env.KAFKA_CLUSTERS_0_BOOTSTRAPSERVERS.split(':');

function brokerAnswers() {
  return new Promise((resolve) => {
    const socket = connect({ host, port: Number(port), timeout: 2000 });
    const settle = (answer) => () => {
      socket.destroy();
      resolve(answer);
    };
    socket.on('connect', settle(true)).on('timeout', settle(false)).on('error', settle(false));
  });
}

createServer(async (request, response) => {
  if (request.url === '/actuator/health') {
    const up = await brokerAnswers();
    response.writeHead(up ? 200 : 503, { 'content-type': 'application/json' });
    response.end(JSON.stringify({ status: up ? 'UP' : 'DOWN' }));
    return;
  }
  response.writeHead(200, { 'content-type': 'text/plain' });
  response.end(`Stand-in for Kafka UI, cluster ${process.env.KAFKA_CLUSTERS_0_NAME} at ${host}:${port}\n`);
}).listen(8080);

process.on('SIGTERM', () => process.exit(0));
