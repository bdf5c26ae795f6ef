# vestibule with Chromium, for CI: docker build -t vestibule . && docker run --rm -v "$PWD:/work" vestibule run logins/
FROM debian:12-slim AS build
SHELL ["/bin/bash", "-o", "pipefail", "-c"]
RUN apt-get update \
    && apt-get install -y --no-install-recommends build-essential ca-certificates clang curl libclang-dev libltdl-dev \
       libssl-dev libxml2-dev libxmlsec1-dev make pkg-config \
    && rm -rf /var/lib/apt/lists/*
RUN curl --proto '=https' --tlsv1.2 -fsS https://sh.rustup.rs | sh -s -- -y --profile minimal --default-toolchain stable
WORKDIR /source
COPY . .
RUN . "$HOME/.cargo/env" && cargo build --release --locked --package vestibule

FROM debian:12-slim
RUN apt-get update \
    && apt-get install -y --no-install-recommends ca-certificates chromium chromium-driver chromium-headless-shell \
       libltdl7 libssl3 libxml2 libxmlsec1 libxmlsec1-openssl tini \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --create-home --uid 10001 vestibule
COPY --from=build /source/target/release/vestibule /usr/local/bin/vestibule
USER vestibule
WORKDIR /work
# tini reaps the processes that browsers leave behind.
ENTRYPOINT ["/usr/bin/tini", "--", "vestibule"]
CMD ["--help"]
