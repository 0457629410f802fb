# Node 24: better-sqlite3 comes with ready-made binaries from Node 22 on. The compiler is for native/.
FROM node:24-bookworm-slim AS build
RUN apt-get update -qq && apt-get install -y -qq --no-install-recommends gcc libc6-dev
WORKDIR /build
COPY package.json package-lock.json .npmrc ./
# Without install scripts: the lock may hold a better-sqlite3 that would compile here, and the build doesn't run it.
RUN npm ci --ignore-scripts
COPY . .
RUN npm pack
# What users install, installed as they do: npm takes the better-sqlite3 that fits this Node, which the lock may not.
# Its C sources are of no use at run time. The last line lets the build fail where there is no binary for the machine.
RUN npm install --prefix /app --no-save --omit=dev --ignore-scripts ./wsdemo-*.tgz \
 && rm -rf /app/node_modules/better-sqlite3/deps /app/node_modules/better-sqlite3/src \
 && node -e "new (require('/app/node_modules/better-sqlite3'))(':memory:')"

FROM node:24-bookworm-slim
COPY --from=build /app /app
COPY scripts/healthcheck.js /app/healthcheck.mjs
# A new named volume takes over this folder's owner.
RUN ln -s /app/node_modules/wsdemo/dist/wsdemo.cjs /usr/local/bin/wsdemo \
 && mkdir /data && chown node:node /data
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
