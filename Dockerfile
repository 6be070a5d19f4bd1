# The `nova-torch` command, and with it the scheduler (`nova-torch serve`): ghcr.io/nova-torch/nova-torch
#   docker build --tag nova-torch .
#   docker run --rm --read-only --tmpfs /tmp nova-torch --version

FROM node:22.20.0-bookworm-slim AS build
WORKDIR /build
COPY package.json package-lock.json ./
# No script of a package runs, here or anywhere.
RUN npm ci --ignore-scripts
COPY . .
RUN npm run build && npm prune --omit=dev --ignore-scripts

FROM node:22.20.0-bookworm-slim
ENV NODE_ENV=production
WORKDIR /app
COPY --from=build /build/package.json /build/LICENSE ./
COPY --from=build /build/node_modules node_modules
COPY --from=build /build/dist dist
# The user that the emitted pods run as. Nothing below /app is theirs to change, and nothing needs to be.
USER 10001:10001
# Node is the first process: the command ends in order when it is told to, and starts no others.
ENTRYPOINT ["node", "/app/dist/compiler/cli/main.js"]
CMD ["--help"]
