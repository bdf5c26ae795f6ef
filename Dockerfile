# vestibule with Chromium, for CI:
#   docker build -t vestibule . && docker run --rm --user "$(id -u)" -v "$PWD:/work" vestibule run logins/
FROM debian:12-slim AS build
WORKDIR /source
COPY .ci/setup .ci/quietly .ci/
RUN apt-get update \
    && apt-get install -y --no-install-recommends build-essential ca-certificates curl \
    && .ci/setup build \
    && rm -rf /var/lib/apt/lists/*
RUN curl --proto '=https' --tlsv1.2 -fsS -o rustup https://sh.rustup.rs \
    && sh rustup -y --profile minimal --default-toolchain stable \
    && rm rustup
COPY . .
# What `vestibule --version` names: docker build --build-arg VESTIBULE_COMMIT="$(git rev-parse --short=12 HEAD)"
ARG VESTIBULE_COMMIT
RUN . "$HOME/.cargo/env" && cargo build --release --locked --package vestibule

FROM debian:12-slim
RUN apt-get update \
    && apt-get install -y --no-install-recommends ca-certificates chromium chromium-driver chromium-headless-shell \
       libxmlsec1-openssl tini \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --create-home --uid 10001 vestibule \
    && chmod 1777 /home/vestibule
COPY --from=build /source/target/release/vestibule /usr/local/bin/vestibule
USER vestibule
# With `--user`, the program is a user without a home, who owns the files of /work.
ENV HOME=/home/vestibule
WORKDIR /work
# tini reaps the processes that browsers leave behind.
ENTRYPOINT ["/usr/bin/tini", "--", "vestibule"]
CMD ["--help"]
