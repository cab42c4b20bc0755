# One file for the four services: they share every stage but the last, so installing and compiling happen once.
# `docker build --target order-service .` builds one of them; docker-compose.yml builds all.
# Nothing in here needs BuildKit: docker-compose 1.29 may build with the classic builder.

FROM node:24.21.0-bookworm-slim AS base
WORKDIR /app

# What decides the dependencies, and nothing else: source changes leave the installs below in the layer cache.
FROM base AS manifests
COPY package.json package-lock.json .npmrc ./
# Applied by npm's postinstall, so needed before `npm ci`.
COPY patches patches

FROM manifests AS prod-deps
RUN npm ci --omit=dev && npm cache clean --force

FROM manifests AS build
RUN npm ci
COPY nest-cli.json rspack.config.js tsconfig.json ./
COPY libs libs
COPY apps apps
RUN npm run build

FROM base AS runtime
# One heap of glibc's malloc per thread would cost some 10 MiB, and gain nothing.
ENV NODE_ENV=production HOST=0.0.0.0 MALLOC_ARENA_MAX=2
COPY --from=prod-deps /app/node_modules node_modules
COPY package.json ./
COPY tools/source-maps.js tools/
# The user `node`, as a number: Kubernetes' runAsNonRoot can not check a name.
USER 1000:1000
# The image has no curl. No answer at all is a rejected promise, which also ends node with 1.
HEALTHCHECK --interval=10s --timeout=5s --start-period=180s --retries=3 \
  CMD ["node", "-e", "fetch('http://127.0.0.1:' + process.env.PORT + '/health/ready').then((answer) => process.exit(answer.ok ? 0 : 1))"]
ARG VERSION=local
ARG REVISION=unknown
# What /health and every log line say.
ENV SERVICE_VERSION=${VERSION}
LABEL org.opencontainers.image.vendor="order-processing" \
      org.opencontainers.image.licenses="MIT" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.revision="${REVISION}"

# Below: the exec form of CMD, so that node and not a shell receives SIGTERM. It can not take the app's name from a
# build argument, hence a stage for each service.

FROM runtime AS order-service
LABEL org.opencontainers.image.title="order-service" \
      org.opencontainers.image.description="Takes orders and decides their outcome"
COPY --from=build /app/dist/apps/order-service dist/apps/order-service
ENV PORT=8001
EXPOSE 8001
CMD ["node", "--import", "./tools/source-maps.js", "--max-semi-space-size=8", "--no-parallel-scavenge", "--heap-growing-percent=60", "--max-old-space-size=192", "dist/apps/order-service/main.js"]

FROM runtime AS payment-service
LABEL org.opencontainers.image.title="payment-service" \
      org.opencontainers.image.description="Authorises, captures, voids and refunds payments"
COPY --from=build /app/dist/apps/payment-service dist/apps/payment-service
ENV PORT=8002
EXPOSE 8002
CMD ["node", "--import", "./tools/source-maps.js", "--max-semi-space-size=16", "--no-parallel-scavenge", "--heap-growing-percent=60", "--max-old-space-size=192", "dist/apps/payment-service/main.js"]

FROM runtime AS inventory-service
LABEL org.opencontainers.image.title="inventory-service" \
      org.opencontainers.image.description="Keeps the stock"
COPY --from=build /app/dist/apps/inventory-service dist/apps/inventory-service
ENV PORT=8003
EXPOSE 8003
CMD ["node", "--import", "./tools/source-maps.js", "--max-semi-space-size=16", "--no-parallel-scavenge", "--heap-growing-percent=60", "--max-old-space-size=192", "dist/apps/inventory-service/main.js"]

FROM runtime AS notification-service
LABEL org.opencontainers.image.title="notification-service" \
      org.opencontainers.image.description="Tells customers what happens to their orders"
COPY --from=build /app/dist/apps/notification-service dist/apps/notification-service
ENV PORT=8004
EXPOSE 8004
CMD ["node", "--import", "./tools/source-maps.js", "--max-semi-space-size=8", "--no-parallel-scavenge", "--heap-growing-percent=60", "--max-old-space-size=192", "dist/apps/notification-service/main.js"]
