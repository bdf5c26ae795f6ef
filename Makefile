# Start with `make run` and `make test`.
SUITE ?=
# A build from nothing is faster without what only a second build would use.
ifdef CI
export CARGO_INCREMENTAL ?= 0
endif

.PHONY: run test clients interop soak malformed schemathesis pages firefox grid-test fuzz lint start-order bench dist dist-check setup help
.DEFAULT_GOAL := help

help: ## Show this list
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1\t\2/p' Makefile | expand -t 16

setup:
	@.ci/setup build browser

run: ## Install what is missing, build, and run the built-in scenarios in a real browser
	@.ci/before-run $(SUITE)
	@.ci/setup build browser
	@.ci/build
	@cargo run --quiet --package vestibule -- run $(or $(SUITE),--built-in); code=$$?; .ci/after-run; exit $$code

test: ## Install what is missing, and run every test
	@.ci/setup build browser clients test
	@harness/tests/clients/install target/clients
	cargo test --workspace
	@sed -n 's/^Of the official/Contract: of the official/p' docs/contract-proofs.md
	@sed -n 's/^The catalogue has/Attacks: the catalogue has/p' docs/attacks.md

clients: ## Run all real clients in every condition and in a network without a way out, under both kinds of host names
	@.ci/setup build browser clients java test
	@harness/tests/clients/install target/clients all
	VESTIBULE_TEST_CLIENTS=all cargo test --package vestibule --test it -- authenticator:: clients:: nothing_leaves:: small_shared_memory:: snippets:: suites::every_twin with::

interop: ## Run clients of the API, identity providers, service providers and relying parties that are not ours, unmodified
	@.ci/setup build browser clients test
	@harness/tests/clients/install target/clients interop
	VESTIBULE_TEST_INTEROP=all cargo test --package vestibule --test it -- interop::

soak: ## Log in at 1,000 realms for ten minutes, and see that memory stays as it is (SECONDS=600, REALMS=1000)
	@.ci/setup build
	VESTIBULE_SOAK_SECONDS=$(or $(SECONDS),600) VESTIBULE_SOAK_REALMS=$(or $(REALMS),1000) cargo test --package vestibule-simulator --test it -- soak:: --nocapture

malformed: ## Send 10,000 malformed requests to every endpoint of the org (DRAWS=10000, SEED=0)
	@.ci/setup build
	VESTIBULE_MALFORMED_DRAWS=$(or $(DRAWS),10000) VESTIBULE_MALFORMED_SEED=$(or $(SEED),0) cargo test --package vestibule-simulator --test it -- malformed::

schemathesis: ## Run Schemathesis, as PyPI has it, against the control API
	@.ci/setup build clients
	@harness/tests/clients/install target/clients schemathesis
	VESTIBULE_TEST_SCHEMATHESIS=required cargo test --package vestibule --test it -- schemathesis::

pages: ## Picture every page in light, in dark and on a narrow screen: target/pages/index.html
	@.ci/setup build browser clients
	@harness/tests/clients/install target/clients
	VESTIBULE_TEST_PICTURES="$$PWD/target/pages" cargo test --package vestibule --test it -- accessibility::
	@echo "pages: open target/pages/index.html"

firefox: ## Install Firefox and geckodriver, and run the built-in scenarios and suites in them
	@.ci/setup build browser clients firefox
	@harness/tests/clients/install target/clients
	@.ci/tools target/tools geckodriver
	PATH="$$PWD/target/tools/bin:$$PATH" VESTIBULE_TEST_FIREFOX=required cargo test --package vestibule --lib --test it -- firefox::

grid-test: ## Run the built-in scenarios through a Selenium Grid, and kill one of its two nodes in the midst
	@.ci/setup build browser java clients
	@harness/tests/clients/install target/clients grid
	VESTIBULE_TEST_GRID=required cargo test --package vestibule --test it -- grid:: --nocapture

fuzz: ## Fuzz what reads the messages of others, ten minutes each; FUZZ_SECONDS=60 TARGETS='jwt soql' for less
	@.ci/setup build
	@.ci/tools target/tools cargo-fuzz
	@.ci/fuzz "$${FUZZ_SECONDS:-600}" $(TARGETS)

lint: ## Check formatting, clippy, documentation and dependencies; warnings are errors
	@.ci/setup build
	@.ci/tools target/tools cargo-deny cargo-machete
	cargo fmt --all -- --check
	cargo clippy --workspace --all-targets -- --deny warnings
	RUSTDOCFLAGS="--deny warnings" cargo doc --workspace --no-deps --document-private-items
	target/tools/bin/cargo-machete
	target/tools/bin/cargo-deny check bans licenses sources

dist: ## Build the packages that carry the program: tar.gz, .deb, a wheel, an npm package; target/dist (publishes nothing)
	@.ci/dist

dist-check: ## Install each package in an empty Debian 12 and 13, and log in there; needs Docker, Podman or root
	@.ci/dist-check

start-order: ## List the functions that run when a server starts, which a release puts side by side: harness/start-order.txt
	@.ci/setup build start-order
	@.ci/start-order

bench: setup ## Measure a policy decision, the start of a server, the answers of an identity provider, and logins at many realms
	cargo bench --package vestibule-simulator --bench decide
	cargo bench --package vestibule --bench serve -- --json
	cargo bench --package vestibule --bench idp -- --json
	cargo bench --package vestibule --bench org -- --json
