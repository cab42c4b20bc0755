# One file for the four services, which differ in the last layers only: installing and compiling happen once.
# `docker build --build-arg SERVICE=order-service .` builds one of them; docker-compose.yml builds all.
# Nothing in here needs BuildKit: docker-compose 1.29 may build with the classic builder.

FROM node:24.21.0-bookworm-slim AS base
WORKDIR /app

FROM base AS build
# What decides the dependencies, and nothing else: source changes leave the installation in the layer cache.
COPY package.json package-lock.json .npmrc ./
COPY patches patches
# No script of a package runs in here, as root; ours is the one that applies the patches.
RUN npm ci --ignore-scripts && npm run postinstall && npm cache clean --force
COPY nest-cli.json rspack.config.js tsconfig.json ./
COPY libs libs
COPY apps apps
RUN npm run build
COPY deploy deploy
# A built service has its packages in it, except a few: an image has these for node_modules.
RUN node deploy/prepare-images.ts /images

FROM base AS runtime
# One heap of glibc's malloc per thread would cost some 10 MiB, and gain nothing.
ENV NODE_ENV=production HOST=0.0.0.0 METRICS_HOST=0.0.0.0 MALLOC_ARENA_MAX=2
COPY --from=build /images/node_modules node_modules
COPY package.json ./
COPY tools/source-maps.js tools/
ARG SERVICE
ENV SERVICE=${SERVICE}
# Where it was built: a bundle looks for its other files from there.
COPY --from=build /app/dist/apps/${SERVICE} dist/apps/${SERVICE}
# From deploy/services.json: `node-flags`, and the `port` it listens on unless PORT says another one.
COPY --from=build /images/${SERVICE} ./
RUN test -f "dist/apps/${SERVICE}/main.js" || { echo 'Say which service: --build-arg SERVICE=order-service' >&2; exit 1; }
# The user `node`, as a number: Kubernetes' runAsNonRoot cannot check a name.
USER 1000:1000
# The image has no curl. No answer at all is a rejected promise, which also ends node with 1.
HEALTHCHECK --interval=10s --timeout=5s --start-period=180s --retries=3 \
  CMD node -e "fetch('http://127.0.0.1:' + process.argv[1] + '/health/ready').then((answer) => process.exit(answer.ok ? 0 : 1))" "${PORT:-$(cat port)}"
ARG VERSION=local
ARG REVISION=unknown
# What /health and every log line say.
ENV SERVICE_VERSION=${VERSION}
LABEL org.opencontainers.image.vendor="order-processing" \
      org.opencontainers.image.licenses="MIT" \
      org.opencontainers.image.title="${SERVICE}" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.revision="${REVISION}"
# `exec`, so that node and not a shell receives SIGTERM.
CMD ["sh", "-c", "exec node --import ./tools/source-maps.js $(cat node-flags) dist/apps/$SERVICE/main.js"]
