# For several platforms: docker buildx build --platform linux/amd64,linux/arm64 . Each is built with its own Node and compiler.
# The tags name exact versions. A digest would pin the bytes too: append @sha256:… as `docker buildx imagetools inspect` shows it.

# Node 24: better-sqlite3 comes with ready-made binaries from Node 22 on. The compiler is for native/.
FROM node:24.21.0-bookworm-slim AS build
RUN apt-get update -qq && apt-get install -y -qq --no-install-recommends gcc libc6-dev
WORKDIR /build
COPY package.json package-lock.json .npmrc ./
# Without install scripts: the lock may hold a better-sqlite3 that would compile here, and the build doesn't run it.
RUN npm ci --ignore-scripts
COPY . .
RUN npm pack
# What users install, installed as they do: npm takes the better-sqlite3 that fits this Node, which the lock may not.
# Its C sources and the binaries for other machines are of no use at run time. The last line lets the build fail where there is
# no binary for this one.
RUN npm install --prefix /app --no-save --omit=dev --ignore-scripts ./wsdemo-*.tgz \
 && cd /app/node_modules/better-sqlite3 && rm -rf deps src \
 && find prebuilds -type f ! -name "linux-$(node -p process.arch).node" -delete \
 && node -e "new (require('/app/node_modules/better-sqlite3'))(':memory:')"
COPY scripts/healthcheck.js /app/healthcheck.mjs

# Debian and Node's binary alone: no npm, whose 20 MB and whose advisories nobody needs at run time.
FROM debian:12.12-slim
COPY --from=build /usr/local/bin/node /usr/local/bin/node
COPY --from=build /app /app
# The user node has the number that `node` images give it. A new named volume takes over /data's owner.
RUN ln -s /app/node_modules/wsdemo/dist/wsdemo.cjs /usr/local/bin/wsdemo \
 && useradd --uid 1000 --user-group --create-home --shell /bin/sh node \
 && mkdir /data && chown node:node /data \
 && wsdemo --version
ENV WSDEMO_HOST=0.0.0.0 WSDEMO_DB=/data/wsdemo.db
# The user node, by number: Kubernetes' runAsNonRoot can't see that a name is not root.
USER 1000:1000
WORKDIR /data
VOLUME /data
EXPOSE 8000
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=30s --timeout=5s --start-period=10s --retries=3 CMD ["node", "/app/healthcheck.mjs"]
# Without a shell in between, the server is process 1 and gets the signals itself.
ENTRYPOINT ["wsdemo"]
CMD ["serve"]
# docker build --build-arg VERSION=$(node -p "require('./package.json').version") .
ARG VERSION=unknown
LABEL org.opencontainers.image.title="wsdemo" \
      org.opencontainers.image.description="A known-good WebSocket endpoint, and the terminal client to watch it with." \
      org.opencontainers.image.licenses="MIT" \
      org.opencontainers.image.version="$VERSION"
